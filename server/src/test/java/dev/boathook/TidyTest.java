package dev.boathook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Lints the repository itself: what no compiler sees, and what nobody should have to say twice. */
class TidyTest {
  private static final int MAX_JAVA_LINES = 1_000;

  /** A person who has just cloned the project sees this much of the README. */
  private static final int FIRST_SCREEN_LINES = 40;

  private static final String MEND =
      "mvn -q -pl server -am test -Dtest=TidyTest -Dtidy.fix"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  private static final Set<String> SKIPPED_FOLDERS =
      Set.of(".git", ".idea", ".settings", ".vscode", "boathook-data", "target");

  private static final Set<String> TEXT_ENDINGS =
      Set.of("java", "xml", "md", "sql", "yaml", "yml", "sh");

  /** Text too, but without an ending that says so. */
  private static final Set<Path> TEXT_FILES =
      Set.of(Path.of("boathook"), Path.of(".ci/run"), Path.of(".editorconfig"));

  /** In two halves each, or this file would break its own rule. */
  private static final Pattern FORBIDDEN_WORDS =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b|/wor" + "k/|/roo" + "t/");

  private static final Pattern MIGRATION = Pattern.compile("V\\d+__\\w+\\.sql");

  private static final Path ROOT = root();
  private static final SortedMap<Path, String> TEXTS = texts();

  @Test
  void every_java_file_is_formatted() throws FormatterException, IOException {
    Formatter formatter = new Formatter();
    boolean fix = System.getProperty("tidy.fix") != null;
    List<Path> unformatted = new ArrayList<>();
    for (Path file : files(path -> ending(path).equals("java"))) {
      String formatted = formatter.formatSourceAndFixImports(text(file));
      if (formatted.equals(text(file))) {
        continue;
      }
      if (fix) {
        Files.writeString(ROOT.resolve(file), formatted);
      } else {
        unformatted.add(file);
      }
    }
    assertThat(unformatted).as("not formatted; to mend it: %s", MEND).isEmpty();
  }

  @Test
  void text_files_hold_no_tab_no_trailing_space_and_end_in_one_newline() {
    List<String> complaints = new ArrayList<>();
    for (Path file : files(path -> true)) {
      String text = text(file);
      int lineNumber = 0;
      for (String line : text.split("\n", -1)) {
        lineNumber++;
        if (line.indexOf('\t') >= 0) {
          complaints.add(file + ":" + lineNumber + ": tab");
        }
        if (!line.equals(line.stripTrailing())) {
          complaints.add(file + ":" + lineNumber + ": trailing space");
        }
      }
      if (!text.endsWith("\n") || text.endsWith("\n\n")) {
        complaints.add(file + ": must end in one newline");
      }
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void no_text_holds_a_note_to_self_or_a_path_of_somebodys_machine() {
    List<String> complaints = new ArrayList<>();
    for (Path file : files(path -> true)) {
      FORBIDDEN_WORDS
          .matcher(text(file))
          .results()
          .forEach(match -> complaints.add(file + ": " + match.group()));
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void no_java_file_is_longer_than_a_thousand_lines() {
    assertThat(files(path -> ending(path).equals("java")))
        .allSatisfy(file ->
            assertThat(text(file).lines().count())
                .as("lines of %s", file)
                .isLessThanOrEqualTo(MAX_JAVA_LINES));
  }

  @Test
  void every_package_says_what_it_is_and_is_null_marked() {
    List<String> complaints = new ArrayList<>();
    for (Path folder :
        files(path -> ending(path).equals("java")).stream()
            .map(TidyTest::parent)
            .distinct()
            .toList()) {
      // A package's tests share its description.
      Path described = Path.of(folder.toString().replace("src/test/java", "src/main/java"));
      String text =
          TEXTS.getOrDefault(
              folder.resolve("package-info.java"),
              TEXTS.getOrDefault(described.resolve("package-info.java"), ""));
      if (!text.startsWith("/**")) {
        complaints.add(folder + ": no package-info.java with Javadoc");
      }
      if (!text.contains("@org.jspecify.annotations.NullMarked") && !text.contains("@NullMarked")) {
        complaints.add(folder + ": not NullMarked");
      }
    }
    assertThat(complaints).isEmpty();
  }

  @Test
  void every_sql_file_is_used() {
    assertThat(files(path -> isMain(path) && ending(path).equals("sql")))
        .allSatisfy(file ->
            assertThat(isUsed(file)).as("%s is named by the code beside it", file).isTrue());
  }

  @Test
  void the_changelog_has_a_place_for_the_next_change() {
    assertThat(text(Path.of("CHANGELOG.md"))).containsPattern("(?m)^## Unreleased$");
  }

  @Test
  void the_readme_shows_the_two_commands_on_its_first_screen() {
    List<String> firstScreen =
        text(Path.of("README.md")).lines().limit(FIRST_SCREEN_LINES).toList();
    assertThat(firstScreen)
        .anyMatch(line -> line.startsWith("./boathook demo"))
        .anyMatch(line -> line.startsWith("mvn verify"));
  }

  private static List<Path> files(Predicate<Path> wanted) {
    return TEXTS.keySet().stream().filter(wanted).toList();
  }

  private static String text(Path file) {
    return Objects.requireNonNull(TEXTS.get(file), file::toString);
  }

  private static boolean isUsed(Path sql) {
    Path folder = parent(sql);
    String name = sql.getFileName().toString();
    if (MIGRATION.matcher(name).matches()) {
      // Flyway runs every migration of a folder that someone names.
      return javaIn("").contains("/" + folder.getFileName() + "\"");
    }
    return javaIn(folder.toString().replace("src/main/resources", "src/main/java"))
        .contains("\"" + name.replace(".sql", "\""));
  }

  /** The main code of a folder, or of the project, in one text. */
  private static String javaIn(String folder) {
    return files(path -> isMain(path) && ending(path).equals("java")).stream()
        .filter(path -> folder.isEmpty() || parent(path).toString().equals(folder))
        .map(TidyTest::text)
        .collect(Collectors.joining());
  }

  private static boolean isMain(Path file) {
    return file.toString().contains("src/main/");
  }

  private static Path parent(Path file) {
    return Objects.requireNonNull(file.getParent(), file::toString);
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** The folder that holds the launcher, whatever folder the test was started in. */
  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isRegularFile(folder.resolve("boathook"))) {
      folder = parent(folder);
    }
    return folder;
  }

  /** Every text file of the repository, by its path from the root. */
  private static SortedMap<Path, String> texts() {
    SortedMap<Path, String> texts = new TreeMap<>();
    try {
      Files.walkFileTree(
          ROOT,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return SKIPPED_FOLDERS.contains(folder.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Path relative = ROOT.relativize(file);
              if (attributes.isRegularFile()
                  && (TEXT_ENDINGS.contains(ending(file)) || TEXT_FILES.contains(relative))) {
                texts.put(relative, Files.readString(file, UTF_8));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }
}
