"""matrix.py: what it reads, when a try is right, and that it writes its own section and nothing else."""

import pathlib
import tempfile
import unittest

import matrix
from matrix import Matrix, Scenario, Verdict

LAMP = Verdict("server-cert-untrusted", "report", "lamp")
OTHER = Verdict("server-cert-expired", "unknown", None)


def share(scenario, got):
    table = Matrix([], None)
    table.take(scenario, got)
    return table.share[scenario.held_out]


class Reading(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "verdict.yaml"
            path.write_text(text)
            return matrix.read(path)

    def test_a_verdict_file_is_read(self):
        read = self.read("stack: go\nheld_out: true\nverdict:\n"
                         "  - {cause: server-cert-untrusted, how: report, device: lamp}\n"
                         "  - {cause: server-cert-expired, how: unknown, device: null}\n")
        self.assertEqual((read.stack, read.held_out, read.expected), ("go", True, [LAMP, OTHER]))

    def test_another_form_or_an_unknown_stack_ends_it(self):
        for text in ("stack: go\nverdict:\n  - {cause: x}\n", "stack: cobol\nverdict: []\n"):
            with self.subTest(text), self.assertRaises(SystemExit):
                self.read(text)


class Right(unittest.TestCase):
    def test_a_try_is_right_when_all_of_it_is_and_nothing_else_is_said(self):
        rows = (([LAMP], [LAMP], [1, 1]), ([LAMP], [OTHER], [0, 1]), ([LAMP], [LAMP, OTHER], [0, 1]), ([LAMP], [], [0, 1]),
                ([LAMP, OTHER], [LAMP, LAMP], [1, 2]), ([], [], [1, 1]), ([], [LAMP], [0, 1]))
        for expected, got, wanted in rows:
            with self.subTest(expected=expected, got=got):
                self.assertEqual(share(Scenario("a", "go", False, expected), got), wanted)

    def test_what_is_held_out_is_counted_apart(self):
        table = Matrix([], None)
        table.take(Scenario("a", "go", True, [LAMP]), [LAMP])
        self.assertEqual((table.share[True], table.share[False]), ([1, 1], [0, 0]))


class Writing(unittest.TestCase):
    def test_only_the_section_is_written_and_twice_is_as_once(self):
        text = f"above\n\n{matrix.BEGIN}\n{matrix.END}\n\nbelow\n"
        once = matrix.with_section(text, "\n| a |\n")
        self.assertEqual(once, f"above\n\n{matrix.BEGIN}\n| a |\n{matrix.END}\n\nbelow\n")
        self.assertEqual(matrix.with_section(once, "\n| a |\n"), once)

    def test_the_expected_part_of_a_cell_is_what_stands_behind_the_stroke(self):
        self.assertEqual(matrix.expected_part(["| x | 1/3 |  |", "prose"]), ["| x | 3 |  |"])


if __name__ == "__main__":
    unittest.main()
