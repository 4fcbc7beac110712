package dev.boathook.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * A part of a YAML document that knows its line. Scalars stay the text that was written, so that a
 * secret of digits keeps its zeros and {@code no} is a name like any other. Anchors, aliases and
 * tags are refused: settings need none, and with them a small file can become a huge one.
 */
sealed interface YamlNode {
  /** The line, counted from 1, where it begins. */
  int line();

  /** A text. */
  record Scalar(int line, String text) implements YamlNode {}

  /** A key without a value, or {@code null}. */
  record Nothing(int line) implements YamlNode {}

  /** A list. */
  record Items(int line, List<YamlNode> nodes) implements YamlNode {}

  /** Keys with values. */
  record Entries(int line, Map<String, Entry> entries) implements YamlNode {}

  /** A value and the line of its key. */
  record Entry(int line, YamlNode value) {}

  /**
   * Reads a document.
   *
   * @param file what to call it in complaints
   * @throws InvalidConfiguration if it is not one document of YAML, or uses what is refused
   */
  static YamlNode read(String file, byte[] yaml) {
    try (YAMLParser parser = Parsing.open(yaml)) {
      return new Parsing(file, parser).document();
    } catch (StreamConstraintsException e) {
      throw new InvalidConfiguration(
          file,
          "is nested deeper than "
              + Parsing.MAX_DEPTH
              + " levels, or one of its texts is too long");
    } catch (JacksonException e) {
      throw Parsing.notYaml(file, e);
    }
  }

  /** One reading of one file. */
  final class Parsing {
    private static final int MAX_DEPTH = 8;

    private static final YAMLFactory YAML =
        YAMLFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private static final Pattern MARK = Pattern.compile("\\bline (\\d+), column \\d+");

    private final String file;
    private final YAMLParser parser;

    private Parsing(String file, YAMLParser parser) {
      this.file = file;
      this.parser = parser;
    }

    private static YAMLParser open(byte[] yaml) {
      return (YAMLParser) YAML.createParser(ObjectReadContext.empty(), yaml);
    }

    /**
     * The parser's complaint without the lines it quotes, which may hold a secret: those it
     * indents.
     */
    private static InvalidConfiguration notYaml(String file, JacksonException e) {
      String message = String.valueOf(e.getOriginalMessage());
      Matcher mark = MARK.matcher(message);
      String where = mark.find() ? file + ":" + mark.group(1) : file;
      String problem =
          message
              .lines()
              .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
              .map(line -> line.replaceAll("[. ]*\\(Do not use .*", ""))
              .collect(Collectors.joining(", "));
      String hint =
          problem.contains("character '@'") ? "; put a text that begins with @ in quotes" : "";
      return new InvalidConfiguration(where, "is not YAML: " + problem + hint);
    }

    private YamlNode document() {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return new Nothing(1);
      }
      YamlNode root = node(first);
      if (parser.nextToken() != null) {
        throw wrong("a second document begins here; settings are one");
      }
      return root;
    }

    private YamlNode node(JsonToken token) {
      int line = line();
      if (parser.isCurrentAlias() || parser.getObjectId() != null) {
        throw wrong("anchors (&) and aliases (*) are not supported");
      }
      if (parser.getTypeId() != null) {
        throw wrong("tags (!) are not supported");
      }
      if (token == JsonToken.START_OBJECT) {
        return new Entries(line, entries());
      }
      if (token == JsonToken.START_ARRAY) {
        return new Items(line, items());
      }
      return token == JsonToken.VALUE_NULL
          ? new Nothing(line)
          : new Scalar(line, parser.getString());
    }

    private Map<String, Entry> entries() {
      Map<String, Entry> entries = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        int line = line();
        Entry earlier = entries.get(key);
        if (earlier != null) {
          throw wrong(
              Given.quoted(key) + " stands here again; it stands in line " + earlier.line());
        }
        entries.put(key, new Entry(line, node(parser.nextToken())));
      }
      return entries;
    }

    private List<YamlNode> items() {
      List<YamlNode> items = new ArrayList<>();
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        items.add(node(token));
      }
      return items;
    }

    private int line() {
      return parser.currentTokenLocation().getLineNr();
    }

    private InvalidConfiguration wrong(String problem) {
      return new InvalidConfiguration(file + ":" + line(), problem);
    }
  }
}
