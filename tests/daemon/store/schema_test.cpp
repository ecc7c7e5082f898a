// Files of other versions.
#include "daemon/store/schema.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace tlswatch::test {
namespace {

using store::Migration;

/// A schema with a history of three steps; the second one carries rows over.
constexpr Migration kSteps[] = {
    {"devices", "CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT);"},
    {"their broker",
     "CREATE TABLE broker(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO broker VALUES(1, 'edge-1');"
     "ALTER TABLE device ADD COLUMN broker INTEGER NOT NULL DEFAULT 1;"},
    {"an index", "CREATE INDEX device_name ON device(name);"},
};
constexpr Migration kBroken[] = {
    kSteps[0], kSteps[1], {"nonsense", "CREATE TABLE half(x); CREATE NONSENSE;"}};

class Schema : public testing::Test {
 protected:
  Schema() {
    db.open((dir / "state.db").string(), false);
    // As version 1 left it.
    db.execute(kSteps[0].sql);
    db.execute("INSERT INTO device VALUES(7, 'lamp'); PRAGMA user_version = 1");
  }
  TempDir dir;
  store::Database db;
};

TEST_F(Schema, an_older_file_gets_each_step_that_it_lacks_and_keeps_its_rows) {
  EXPECT_EQ(store::migrate(db, kSteps), "");
  EXPECT_EQ(db.number("PRAGMA user_version"), 3);
  EXPECT_EQ(
      db.number("SELECT count(*) FROM device d JOIN broker b ON b.id = d.broker WHERE b.name = 'edge-1'"), 1);
  EXPECT_EQ(store::migrate(db, kSteps), "") << "and a second time nothing";
}

TEST_F(Schema, a_step_that_fails_leaves_the_version_before_it) {
  EXPECT_NE(store::migrate(db, kBroken).find("the step to version 3 (nonsense) failed"), std::string::npos);
  db.clear_error();
  EXPECT_EQ(db.number("PRAGMA user_version"), 2);
  EXPECT_EQ(db.number("SELECT count(*) FROM sqlite_master WHERE name = 'half'"), 0);
  EXPECT_EQ(db.number("SELECT count(*) FROM device WHERE broker = 1"), 1);
}

TEST_F(Schema, a_newer_file_is_not_touched) {
  db.execute("PRAGMA user_version = 4");
  EXPECT_EQ(
      store::migrate(db, kSteps),
      "it is of version 4, this program knows 3; install the newer tlswatch again, or name another file");
  EXPECT_EQ(db.number("SELECT count(*) FROM sqlite_master"), 1);
}

TEST(SchemaOfOurs, is_made_whole_from_nothing) {
  TempDir dir;
  store::Database db;
  ASSERT_TRUE(db.open((dir / "state.db").string(), false));
  EXPECT_EQ(store::migrate(db), "");
  EXPECT_EQ(db.number("PRAGMA user_version"), store::schema_version());
  EXPECT_EQ(db.number("SELECT count(*) FROM sqlite_master WHERE name IN ('device', 'session', 'incident')"),
            3);
}

}  // namespace
}  // namespace tlswatch::test
