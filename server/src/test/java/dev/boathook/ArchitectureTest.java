package dev.boathook;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may import whom, and what only one place may do.
 *
 * <p>Each rule stands with a piece of code that breaks it. That code is compiled here and shown to
 * the rule, so a rule that sees nothing fails the build like a rule that is broken.
 */
class ArchitectureTest {
  private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
  private static final Pattern OUR_PACKAGE = Pattern.compile("\\bdev\\.boathook(\\.[a-z]+)*\\b");
  private static final Pattern TYPE = Pattern.compile("(?:class|@interface) (\\w+)");

  private static final DescribedPredicate<JavaAccess<?>> CLOCK_OR_CHANCE =
      describe(
          "reads the machine's clock or randomness",
          access ->
              matches(
                  access,
                  "java\\.time\\.\\w+(\\.\\w+)?\\.now\\((java\\.time\\.ZoneId)?\\)"
                      + "|java\\.time\\.Clock\\.(system|tick)\\w+\\(.*"
                      + "|java\\.time\\.InstantSource\\.system\\(\\)"
                      + "|java\\.lang\\.System\\.(currentTimeMillis|nanoTime)\\(\\)"
                      + "|java\\.util\\.Date\\.<init>\\(\\)"
                      + "|java\\.util\\.UUID\\.randomUUID\\(\\)"
                      + "|java\\.lang\\.(Strict)?Math\\.random\\(\\)"
                      + "|java\\.(util|security)\\.\\w*Random\\.(<init>|getInstance\\w*)\\(.*"
                      + "|java\\.util\\.concurrent\\.ThreadLocalRandom\\.current\\(\\)"
                      + "|java\\.util\\.random\\.RandomGenerator\\.(getDefault|of)\\(.*"));

  private static final DescribedPredicate<JavaAccess<?>> SLEEP =
      describe(
          "sleeps",
          access ->
              matches(
                  access,
                  "java\\.lang\\.Thread\\.sleep\\(.*|java\\.util\\..*TimeUnit\\.sleep\\(.*"));

  private static final DescribedPredicate<JavaAccess<?>> PRINT =
      describe(
          "prints",
          access ->
              matches(
                  access,
                  "java\\.lang\\.System\\.(out|err)|java\\.lang\\.\\w+\\.printStackTrace\\(\\)"));

  private static final ArchRule NOBODY_READS_CLOCK_OR_CHANCE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.boathook.world..")
          .should()
          .accessTargetWhere(CLOCK_OR_CHANCE)
          .because(
              "clock, randomness and ids come from dev.boathook.world as constructor parameters");

  private static final ArchRule NOBODY_SLEEPS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.boathook.world..")
          .should()
          .accessTargetWhere(SLEEP)
          .because("a sleep is a guess; wait for what must happen");

  static List<Arguments> rules() {
    return List.of(
        Arguments.of(
            noClasses()
                .that()
                .resideOutsideOfPackages("dev.boathook", "dev.boathook.api..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.boathook.api.."),
            List.of(
                "package dev.boathook.api; public class Routes {}",
                "package dev.boathook.accept; class Asks { dev.boathook.api.Routes routes; }")),
        Arguments.of(
            noClasses()
                .that()
                .resideOutsideOfPackage("dev.boathook.cli..")
                .and(not(belongToAnyOf(Main.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.boathook.cli.."),
            List.of(
                "package dev.boathook.cli; public class Command {}",
                "package dev.boathook; class Server { dev.boathook.cli.Command command; }")),
        Arguments.of(
            noClasses()
                .that()
                .resideOutsideOfPackage("dev.boathook.demo..")
                .and(not(belongToAnyOf(Main.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.boathook.demo.."),
            List.of(
                "package dev.boathook.demo; public class Show {}",
                "package dev.boathook; class Server { dev.boathook.demo.Show show; }")),
        Arguments.of(
            noClasses()
                .that()
                .resideInAPackage("dev.boathook.demo..")
                .should()
                .dependOnClassesThat(
                    describe(
                        "are ours, but not of dev.boathook.demo, dev.boathook.signatures or"
                            + " dev.boathook.world",
                        type ->
                            (type.getPackageName() + ".").startsWith("dev.boathook.")
                                && !type.getPackageName()
                                    .matches("dev\\.boathook\\.(demo|signatures|world)")))
                .because("it shows what anybody can do from outside"),
            List.of(
                "package dev.boathook.event; public class Event {}",
                "package dev.boathook.demo; class Peeks { dev.boathook.event.Event event; }")),
        Arguments.of(
            noClasses()
                .that()
                .resideInAPackage("dev.boathook.signatures..")
                .should()
                .dependOnClassesThat(
                    describe(
                        "are ours",
                        type ->
                            (type.getPackageName() + ".").startsWith("dev.boathook.")
                                && !(type.getPackageName() + ".")
                                    .startsWith("dev.boathook.signatures."))),
            List.of(
                "package dev.boathook.event; public class Event {}",
                "package dev.boathook.signatures; class Knows { dev.boathook.event.Event event;"
                    + " }")),
        Arguments.of(
            slices().matching("dev.boathook.(*)..").should().beFreeOfCycles(),
            List.of(
                "package dev.boathook.event; public class Event { dev.boathook.route.Route route;"
                    + " }",
                "package dev.boathook.route; public class Route { dev.boathook.event.Event"
                    + " event; }")),
        Arguments.of(
            noClasses()
                .that()
                .resideInAnyPackage(
                    "dev.boathook.api..",
                    "dev.boathook.cli..",
                    "dev.boathook.publish..",
                    "dev.boathook.receive..",
                    "dev.boathook.route..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer..")
                .because("what is stored is asked for through the package that owns it"),
            List.of("package dev.boathook.route; class Asks { java.sql.Connection connection; }")),
        Arguments.of(
            noClasses()
                .that()
                .resideInAnyPackage(
                    "dev.boathook.api..",
                    "dev.boathook.cli..",
                    "dev.boathook.publish..",
                    "dev.boathook.receive..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jdbi..")
                .because("what is stored is asked for through the package that owns it"),
            List.of(
                "package org.jdbi.v3.core; public class Jdbi {}",
                "package dev.boathook.api; class Asks { org.jdbi.v3.core.Jdbi jdbi; }")),
        Arguments.of(
            noClasses()
                .that()
                .resideOutsideOfPackages("dev.boathook", "dev.boathook.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .because("we log through System.Logger or SLF4J"),
            List.of(
                "package dev.boathook.deliver; class Logs { java.util.logging.Logger logger; }")),
        Arguments.of(
            noClasses()
                .that()
                .resideOutsideOfPackages("dev.boathook", "dev.boathook.cli..")
                .should()
                .accessTargetWhere(PRINT)
                .because("only commands talk to the terminal; everything else logs"),
            List.of(
                """
                package dev.boathook.deliver;
                class Prints { void run() { System.out.println(); } }
                """)),
        Arguments.of(
            GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION,
            List.of(
                "package jakarta.inject; public @interface Inject {}",
                "package dev.boathook.deliver; class Magic { @jakarta.inject.Inject String"
                    + " field; }")),
        Arguments.of(
            NOBODY_SLEEPS,
            List.of(
                """
                package dev.boathook.deliver;
                class Sleeps { void run() throws InterruptedException { Thread.sleep(1); } }
                """)),
        Arguments.of(
            NOBODY_READS_CLOCK_OR_CHANCE,
            List.of(
                """
                package dev.boathook.deliver;
                class Reads { long now = System.nanoTime(); }
                """)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void the_product_keeps_the_rule(ArchRule rule) {
    rule.check(product());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void every_package_that_a_rule_or_its_example_names_exists(
      ArchRule rule, List<String> violation) {
    String text = rule.getDescription() + "\n" + String.join("\n", violation);
    assertThat(OUR_PACKAGE.matcher(text).results().map(MatchResult::group))
        .allMatch(name -> product().containPackage(name));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void code_that_breaks_the_rule_is_reported(
      ArchRule rule, List<String> violation, @TempDir Path folder) throws IOException {
    JavaClasses classes = compile(folder, violation);
    // Without allowEmptyShould a rule that finds nothing to look at would count as broken.
    assertThat(rule.allowEmptyShould(true).evaluate(classes).hasViolation()).isTrue();
  }

  @Test
  void the_rules_see_every_module_of_the_product() {
    assertThat(product().contain(Main.class)).isTrue();
    assertThat(product())
        .anyMatch(type -> type.getPackageName().startsWith("dev.boathook.signatures"));
  }

  @Test
  void no_test_sleeps() {
    NOBODY_SLEEPS.check(new ClassFileImporter().importPackages("dev.boathook"));
  }

  @Test
  void every_way_to_the_clock_and_to_chance_is_reported(@TempDir Path folder) throws IOException {
    List<String> expressions =
        List.of(
            "java.time.Instant.now()",
            "java.time.LocalDate.now()",
            "java.time.LocalDateTime.now(java.time.ZoneOffset.UTC)",
            "java.time.OffsetDateTime.now()",
            "java.time.ZonedDateTime.now()",
            "java.time.Clock.systemUTC()",
            "java.time.Clock.tickMillis(java.time.ZoneOffset.UTC)",
            "java.time.InstantSource.system()",
            "System.currentTimeMillis()",
            "System.nanoTime()",
            "new java.util.Date()",
            "java.util.UUID.randomUUID()",
            "Math.random()",
            "new java.util.Random()",
            "new java.util.Random(1)",
            "new java.util.SplittableRandom()",
            "new java.security.SecureRandom()",
            "java.security.SecureRandom.getInstanceStrong()",
            "java.util.concurrent.ThreadLocalRandom.current()",
            "java.util.random.RandomGenerator.getDefault()",
            "(java.util.function.Supplier<Object>) java.time.Instant::now",
            "(java.util.function.Supplier<Object>) java.util.Random::new");

    JavaClasses classes = compile(folder, List.of(methods("dev.boathook.deliver", expressions)));

    String report = NOBODY_READS_CLOCK_OR_CHANCE.evaluate(classes).getFailureReport().toString();
    assertThat(IntStream.range(0, expressions.size()).boxed())
        .allSatisfy(i ->
            assertThat(report)
                .as("%s", expressions.get(i))
                .contains("dev.boathook.deliver.Ways.way" + i + "()"));
  }

  @Test
  void the_world_may_read_the_clock_and_everyone_may_ask_a_clock_they_were_given(
      @TempDir Path folder) throws IOException {
    JavaClasses classes =
        compile(
            folder,
            List.of(
                methods("dev.boathook.world", List.of("java.time.Instant.now()")),
                methods(
                    "dev.boathook.deliver",
                    List.of(
                        "java.time.Instant.now((java.time.Clock) null)",
                        "((java.time.InstantSource) null).instant()",
                        "java.util.UUID.nameUUIDFromBytes(new byte[0])"))));

    EvaluationResult result = NOBODY_READS_CLOCK_OR_CHANCE.evaluate(classes);

    assertThat(result.getFailureReport().getDetails()).isEmpty();
  }

  private static JavaClasses product() {
    return Product.CLASSES;
  }

  private static boolean matches(JavaAccess<?> access, String pattern) {
    return access.getTarget().getFullName().matches(pattern);
  }

  /** A class with a method for each expression, {@code way0}, {@code way1} and so on. */
  private static String methods(String packageName, List<String> expressions) {
    return IntStream.range(0, expressions.size())
        .mapToObj(i ->
            "  Object way%d() throws Exception { return %s; }\n".formatted(i, expressions.get(i)))
        .collect(
            Collectors.joining("", "package %s;\nclass Ways {\n".formatted(packageName), "}\n"));
  }

  private static JavaClasses compile(Path folder, List<String> sources) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String source : sources) {
      Path file =
          folder
              .resolve(first(PACKAGE, source).replace('.', '/'))
              .resolve(first(TYPE, source) + ".java");
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      files.add(Files.writeString(file, source));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      assertThat(
              compiler
                  .getTask(
                      errors,
                      manager,
                      null,
                      List.of("-d", folder.toString(), "-proc:none"),
                      null,
                      manager.getJavaFileObjectsFromPaths(files))
                  .call())
          .as("compiles: %s", errors)
          .isTrue();
    }
    return new ClassFileImporter().importPath(folder);
  }

  private static String first(Pattern pattern, String source) {
    Matcher matcher = pattern.matcher(source);
    assertThat(matcher.find()).as("%s in %s", pattern, source).isTrue();
    return matcher.group(1);
  }

  /** Read once: a second of work, for whoever asks first. */
  private static final class Product {
    static final JavaClasses CLASSES =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.boathook");
  }
}
