#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "daemon/log/event_json.h"
#include "daemon/store/reader.h"
#include "daemon/store/writer.h"
#include "event/story.h"
#include "support/temp_dir.h"

namespace tlswatch::test {

/// KeptStory: a story that goes into a store, and a Reader of it.
class KeptStory : public testing::Test {
 protected:
  KeptStory() {
    open();
    story.pipeline().incidents().keep_changes();
    story.listen([this](const event::Event& e) {
      const auto* const diagnosis = std::get_if<event::Diagnosis>(&e);
      const bool folded = diagnosis != nullptr && diagnosis->folded;
      writer.add(e, folded ? std::string_view{} : json.line(e));
    });
  }

  void open() {
    const auto trouble = writer.open(file());
    ASSERT_FALSE(trouble.has_value()) << trouble->text;
  }
  std::string file() const { return (dir / "state.db").string(); }
  /// Writes what the story has told until now.
  void commit() {
    writer.add(story.pipeline().incidents().take_changes());
    const auto trouble = writer.commit();
    ASSERT_FALSE(trouble.has_value()) << trouble->text;
  }
  /// A Reader of what was told until now.
  store::Reader& read() {
    commit();
    if (!reader_) {
      auto opened = store::Reader::open(file());
      EXPECT_TRUE(opened.ok()) << opened.error();
      reader_ = std::make_unique<store::Reader>(std::move(*opened));
    }
    return *reader_;
  }
  template <typename T>
  static T got(Result<T, std::string> answer) {
    EXPECT_TRUE(answer.ok()) << answer.error();
    return answer.ok() ? std::move(*answer) : T{};
  }
  store::DeviceRow device(std::string_view id) {
    auto rows = got(read().device(id));
    EXPECT_EQ(rows.size(), 1U) << id;
    return rows.empty() ? store::DeviceRow{} : rows.front();
  }

  TempDir dir;
  Story story;
  store::Writer writer;
  log::EventJson json;

 private:
  std::unique_ptr<store::Reader> reader_;
};

}  // namespace tlswatch::test
