package dev.boathook.signatures;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Amazon SNS topics that may send to a source, and the addresses of SNS that belong to them.
 * Anybody can subscribe any address to a topic of their own, and what comes is signed by SNS all
 * the same: without such a list a signature would prove nothing.
 *
 * @param arns topics; one that ends with {@code :*} stands for all of its account in its region
 */
record SnsTopics(Set<String> arns) {

  /** The most topics of one source. */
  static final int MAX = 64;

  private static final Pattern ARN =
      Pattern.compile(
          "arn:(aws|aws-us-gov|aws-cn|aws-eusc):sns:([a-z0-9-]{3,40}):[0-9]{12}:"
              + "([A-Za-z0-9_-]{1,256}(?:\\.fifo)?|\\*)");
  private static final String ANY = "*";

  /** Where a key or a subscription may be asked for: in the region of the topic, and only there. */
  private static final Pattern CERTIFICATE_PATH = Pattern.compile("/[A-Za-z0-9._-]{1,128}\\.pem");

  private static final Pattern SUBSCRIPTION_PATH = Pattern.compile("/\\?[A-Za-z0-9&=:._-]{1,2048}");

  SnsTopics {
    arns = Set.copyOf(arns);
  }

  /** Reads the setting: topics, separated by commas. */
  static SnsTopics read(Settings settings, String name) {
    Set<String> arns = new HashSet<>();
    for (String arn :
        settings.required(name, "the topics that may send, separated by commas").split(",", -1)) {
      if (!ARN.matcher(arn.strip()).matches()) {
        throw settings.invalid(
            name, "is not a list of arn:aws:sns:REGION:ACCOUNT:TOPIC, separated by commas");
      }
      arns.add(arn.strip());
    }
    if (arns.size() > MAX) {
      throw settings.invalid(name, "holds more than " + MAX + " topics");
    }
    return new SnsTopics(arns);
  }

  /** Whether this topic may send. */
  boolean holds(String arn) {
    return !arn.endsWith(ANY)
        && ARN.matcher(arn).matches()
        && (arns.contains(arn) || arns.contains(arn.substring(0, arn.lastIndexOf(':') + 1) + ANY));
  }

  /** One topic that may send. */
  String sample() {
    String arn = arns.stream().sorted().toList().getFirst();
    return arn.endsWith(ANY) ? arn.substring(0, arn.length() - 1) + "boathook" : arn;
  }

  /** The address of SNS in the region of this topic, without a path. */
  static String host(String arn) {
    Matcher parts = parts(arn);
    return "https://sns." + parts.group(2) + "." + domain(parts.group(1));
  }

  /** Whether this could be the address of a certificate that signs for this topic. */
  static boolean isCertificateUrl(String arn, String url) {
    return hasPath(host(arn), url, CERTIFICATE_PATH);
  }

  /** Whether a certificate with this common name signs for this topic. */
  static boolean isCommonName(String arn, String commonName) {
    Matcher parts = parts(arn);
    String place = parts.group(2) + "." + domain(parts.group(1));
    return commonName.equals("sns.amazonaws.com")
        || commonName.equals("sns-signing." + place)
        || commonName.equals("sns-" + place);
  }

  /** Whether a GET of this confirms a subscription to this topic and does nothing else. */
  static boolean isSubscribeUrl(String arn, String url) {
    return ARN.matcher(arn).matches()
        && hasPath(host(arn), url, SUBSCRIPTION_PATH)
        && "ConfirmSubscription".equals(Query.single(url, "Action"))
        && arn.equals(Query.single(url, "TopicArn"));
  }

  private static boolean hasPath(String host, String url, Pattern path) {
    return url.startsWith(host) && path.matcher(url.substring(host.length())).matches();
  }

  private static Matcher parts(String arn) {
    Matcher parts = ARN.matcher(arn);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the name of a topic");
    }
    return parts;
  }

  private static String domain(String partition) {
    return switch (partition) {
      case "aws-cn" -> "amazonaws.com.cn";
      case "aws-eusc" -> "amazonaws.eu";
      default -> "amazonaws.com";
    };
  }
}
