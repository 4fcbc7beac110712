package dev.boathook.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Report REPORT =
      new Report(
          new Machine(
              2,
              "Some Processor",
              7_864L << 20,
              "Linux 6.1.0 (amd64)",
              "ext4",
              "25.0.3 (Some Vendor)",
              "18.6"),
          new Conditions(5, 64, 5, false),
          List.of(
              new Result(
                  "accept",
                  List.of(
                      new Figure(
                          "accept.throughput",
                          "accepted",
                          Unit.PER_SECOND,
                          17_890.4,
                          21_034.0,
                          0.85,
                          List.of(Goal.ratioAtLeast(0.8))),
                      new Figure(
                          "accept.p99",
                          "99 % answered within",
                          Unit.MILLIS,
                          12.34,
                          4.5,
                          2.74,
                          List.of(Goal.valueAtMost(25), Goal.ratioAtMost(2))),
                      new Figure(
                          "accept.java_cpu",
                          "CPU of Java an event",
                          Unit.MICROS,
                          58.25,
                          50.0,
                          1.165,
                          List.of()),
                      new Figure(
                          "accept.statements",
                          "statements an event",
                          Unit.COUNT,
                          0.0123,
                          null,
                          null,
                          List.of())),
                  new Counts(451_223, 0, 451_223, 0, 0, 0),
                  List.of("The latencies are those at 8,945 a second.")),
              new Result(
                  "start",
                  List.of(
                      new Figure(
                          "start.warm",
                          "ready on a warm folder",
                          Unit.MILLIS,
                          1_600,
                          null,
                          null,
                          List.of(Goal.valueAtMost(1_500)))),
                  Counts.NONE,
                  List.of()),
              new Failure("fair", "java.io.IOException: no answer")));

  @Test
  void the_table_is_read_at_a_glance() {
    assertThat(TextReport.of(REPORT, StandardCharsets.UTF_8))
        .isEqualTo(
            """
            2 x Some Processor, 7.7 GiB of memory, Linux 6.1.0 (amd64), ext4
            JDK 25.0.3 (Some Vendor), PostgreSQL 18.6
            5 s a turn, 64 connections, medians of 5

            accept                        value    against   ratio                     goal
              accepted                17,890 /s  21,034 /s    0.85  ██████▊ │          ✓ ratio ≥ 0.80
              99 % answered within      12.3 ms    4.50 ms    2.74  ████████│███████▶  ✓ ≤ 25 ms, ✗ ratio ≤ 2.00
              CPU of Java an event      58.3 µs      50 µs    1.17  ████████│█▍
              statements an event         0.012
              ✓ 451,223 accepted, 0 refused, 451,223 stored, 0 delivered, 0 duplicated, 0 missing
              The latencies are those at 8,945 a second.

            start                         value    against   ratio                     goal
              ready on a warm folder   1,600 ms                                        ✗ ≤ 1,500 ms

            fair
              ✗ failed: java.io.IOException: no answer

            2 of 4 goals reached. NOT SOUND: a measurement failed, or its counts do not add up.
            """);
  }

  @Test
  void a_terminal_without_our_signs_gets_plain_ones() {
    assertThat(TextReport.of(REPORT, StandardCharsets.US_ASCII))
        .isEqualTo(
            """
            2 x Some Processor, 7.7 GiB of memory, Linux 6.1.0 (amd64), ext4
            JDK 25.0.3 (Some Vendor), PostgreSQL 18.6
            5 s a turn, 64 connections, medians of 5

            accept                        value    against   ratio                     goal
              accepted                17,890 /s  21,034 /s    0.85  ####### |          + ratio >= 0.80
              99 % answered within      12.3 ms    4.50 ms    2.74  ########|#######>  + <= 25 ms, ! ratio <= 2.00
              CPU of Java an event      58.3 us      50 us    1.17  ########|#
              statements an event         0.012
              + 451,223 accepted, 0 refused, 451,223 stored, 0 delivered, 0 duplicated, 0 missing
              The latencies are those at 8,945 a second.

            start                         value    against   ratio                     goal
              ready on a warm folder   1,600 ms                                        ! <= 1,500 ms

            fair
              ! failed: java.io.IOException: no answer

            2 of 4 goals reached. NOT SOUND: a measurement failed, or its counts do not add up.
            """);
  }

  @Test
  void a_smoke_test_says_that_its_figures_mean_nothing() {
    Report smoke = new Report(REPORT.machine(), new Conditions(1, 8, 1, true), List.of());

    assertThat(TextReport.of(smoke, StandardCharsets.UTF_8))
        .isEqualTo(
            """
            2 x Some Processor, 7.7 GiB of memory, Linux 6.1.0 (amd64), ext4
            JDK 25.0.3 (Some Vendor), PostgreSQL 18.6
            1 s a turn, 8 connections, medians of 1
            A smoke test: the counts must add up; the figures mean nothing.

            0 of 0 goals reached. The counts add up.
            """);
  }

  @Test
  void json_has_every_figure_with_its_ratio() {
    assertThat(JsonReport.of(REPORT))
        .isEqualTo(
            """
            {
              "machine" : {
                "processors" : 2,
                "processor" : "Some Processor",
                "memory_bytes" : 8246001664,
                "os" : "Linux 6.1.0 (amd64)",
                "file_system" : "ext4",
                "jdk" : "25.0.3 (Some Vendor)",
                "postgresql" : "18.6"
              },
              "options" : {
                "seconds" : 5,
                "connections" : 64,
                "rounds" : 5,
                "smoke" : false
              },
              "measurements" : {
                "accept" : {
                  "figures" : {
                    "accept.throughput" : {
                      "label" : "accepted",
                      "unit" : "per_second",
                      "value" : 17890.4,
                      "floor" : 21034.0,
                      "ratio" : 0.85,
                      "goals" : [ {
                        "kind" : "ratio_at_least",
                        "bound" : 0.8,
                        "reached" : true
                      } ]
                    },
                    "accept.p99" : {
                      "label" : "99 % answered within",
                      "unit" : "millis",
                      "value" : 12.34,
                      "floor" : 4.5,
                      "ratio" : 2.74,
                      "goals" : [ {
                        "kind" : "value_at_most",
                        "bound" : 25.0,
                        "reached" : true
                      }, {
                        "kind" : "ratio_at_most",
                        "bound" : 2.0,
                        "reached" : false
                      } ]
                    },
                    "accept.java_cpu" : {
                      "label" : "CPU of Java an event",
                      "unit" : "micros",
                      "value" : 58.25,
                      "floor" : 50.0,
                      "ratio" : 1.165,
                      "goals" : [ ]
                    },
                    "accept.statements" : {
                      "label" : "statements an event",
                      "unit" : "count",
                      "value" : 0.0123,
                      "floor" : null,
                      "ratio" : null,
                      "goals" : [ ]
                    }
                  },
                  "counts" : {
                    "accepted" : 451223,
                    "refused" : 0,
                    "stored" : 451223,
                    "delivered" : 0,
                    "duplicated" : 0,
                    "missing" : 0,
                    "sound" : true
                  },
                  "notes" : [ "The latencies are those at 8,945 a second." ]
                },
                "start" : {
                  "figures" : {
                    "start.warm" : {
                      "label" : "ready on a warm folder",
                      "unit" : "millis",
                      "value" : 1600.0,
                      "floor" : null,
                      "ratio" : null,
                      "goals" : [ {
                        "kind" : "value_at_most",
                        "bound" : 1500.0,
                        "reached" : false
                      } ]
                    }
                  },
                  "counts" : {
                    "accepted" : 0,
                    "refused" : 0,
                    "stored" : 0,
                    "delivered" : 0,
                    "duplicated" : 0,
                    "missing" : 0,
                    "sound" : true
                  },
                  "notes" : [ ]
                },
                "fair" : {
                  "failure" : "java.io.IOException: no answer"
                }
              },
              "sound" : false
            }
            """);
  }
}
