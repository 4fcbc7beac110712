package dev.boathook.signatures;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class XmlScannerTest {

  private static @Nullable String text(String document, String path) {
    return XmlScanner.text(document.getBytes(UTF_8), path);
  }

  @Test
  void text_and_attributes_are_found_by_names_without_prefixes() {
    String document =
        """
        <?xml version="1.0" encoding='utf-8'?>
        <!-- <a:list><entry>no</entry></a:list> --><?note <list/> ?>
        <a:list xmlns:a="urn:a" ><other><entry>no</entry></other>
          <entry x:kind = 'big' id="1&quot;>"> Zoë &amp; <b>not this</b>&#x1F680;<![CDATA[<&]]></entry>
          <entry>second</entry><empty/></a:list>
        """;
    assertThat(text(document, "/list/entry")).isEqualTo(" Zoë & \ud83d\ude80<&");
    assertThat(text(document, "/list/entry/@kind")).isEqualTo("big");
    assertThat(text(document, "/list/entry/@id")).isEqualTo("1\">");
    assertThat(text(document, "/list/entry/b")).isEqualTo("not this");
    assertThat(text(document, "/list/other/entry")).isEqualTo("no");
    assertThat(text(document, "/list/empty")).isEmpty();
    assertThat(text(document, "/list/entry/@none")).isNull();
    assertThat(text(document, "/entry")).isNull();
    assertThat(text("\ufeff<a>1</a>", "/a")).isEqualTo("1");
  }

  @Test
  void elements_are_told_by_their_bytes() {
    byte[] document = "<l>é<e>1</e><f><e>x</e></f><e a='>'/> <e><e>2</e></e ></l>".getBytes(UTF_8);
    List<XmlScanner.Range> ranges = XmlScanner.elements(document, "/l/e");
    assertThat(ranges)
        .extracting(
            range -> new String(Arrays.copyOfRange(document, range.from(), range.to()), UTF_8))
        .containsExactly("<e>1</e>", "<e a='>'/>", "<e><e>2</e></e >");
    assertThat(XmlScanner.elements(document, "/l/none")).isEmpty();
    assertThat(XmlScanner.elements(document, "/l")).hasSize(1);
  }

  @Test
  void what_is_not_plain_xml_in_utf_8_has_nothing() {
    String deepest = "<a>".repeat(XmlScanner.MAX_DEPTH);
    assertThat(text(deepest + "</a>".repeat(XmlScanner.MAX_DEPTH), "/a")).isEmpty();
    for (String document :
        List.of(
            "",
            "a",
            "<a>1</a>x",
            "<a>1</a><a>1</a>",
            "<a>1",
            "<a>1</b>",
            "<a>1</a",
            "<a>1</aa>",
            "<a b>1</a>",
            "<a b=1>1</a>",
            "<a b='1'c='2'>1</a>",
            "<a b='<'>1</a>",
            "<a b='1>1</a>",
            "<1>1</1>",
            "< a>1</a>",
            "<a>1&b;</a>",
            "<a>1&#xffffffff;</a>",
            "<a>1&#;</a>",
            "<a>1&amp</a>",
            "<a>1<!b></a>",
            "<a>1<!-- </a>",
            "<a>1<![CDATA[</a>",
            "<!DOCTYPE a><a>1</a>",
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>1&b;</a>",
            "<?xml version='1.0' encoding='ISO-8859-1'?><a>1</a>",
            deepest + "<a>" + "</a>".repeat(XmlScanner.MAX_DEPTH + 1))) {
      assertThat(text(document, "/a")).as(document).isNull();
      assertThat(XmlScanner.elements(document.getBytes(UTF_8), "/a")).as(document).isNull();
    }
    assertThat(XmlScanner.text("<a>1</a>".getBytes(UTF_16), "/a")).isNull();
    assertThat(XmlScanner.text(new byte[] {'<', 'a', '>', (byte) 0xff, '<', '/', 'a', '>'}, "/a"))
        .isNull();
  }

  @Test
  void nothing_makes_it_throw() {
    byte[] document =
        "<?xml version='1.0'?><a b='&lt;'>é&#65;<b/><!-- c --><![CDATA[d]]></a>".getBytes(UTF_8);
    assertThat(XmlScanner.text(document, "/a/@b")).isEqualTo("<");
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = Arrays.copyOf(document, random.nextInt(document.length + 1));
      for (int edits = random.nextInt(4); edits > 0 && changed.length > 0; edits--) {
        changed[random.nextInt(changed.length)] =
            (byte) "<>/&;!?-[]'\"=#x \u0000\u00ff".charAt(random.nextInt(18));
      }
      XmlScanner.text(changed, "/a/@b");
      XmlScanner.elements(changed, "/a/b");
    }
  }
}
