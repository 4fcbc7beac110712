package dev.boathook.signatures;

import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The first message of a topic, which wants an address of SNS to be fetched. It must be SNS's own
 * in the region of the topic, confirm a subscription, and to that topic; else the message is an
 * event, and nothing is fetched.
 */
enum SnsSubscription implements HandshakeRule {
  INSTANCE;

  private static final Field TYPE = Field.json("/Type");
  private static final Field TOPIC = Field.json("/TopicArn");
  private static final Field URL = Field.json("/SubscribeURL");

  @Override
  public @Nullable Reading answer(Facts facts, String secret) {
    String topic = TOPIC.in(facts);
    String url = URL.in(facts);
    return "SubscriptionConfirmation".equals(TYPE.in(facts))
            && topic != null
            && url != null
            && SnsTopics.isSubscribeUrl(topic, url)
        ? new Reading.Confirmation(URI.create(url), Answer.empty(200))
        : null;
  }

  @Override
  public void pointers(Set<String> into) {
    TYPE.pointers(into);
    TOPIC.pointers(into);
    URL.pointers(into);
  }
}
