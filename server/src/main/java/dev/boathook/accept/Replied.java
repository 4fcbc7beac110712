package dev.boathook.accept;

import dev.boathook.deliver.Reply;

/**
 * What became of an offer with which a reply was wanted.
 *
 * @param acceptance of the event; on it alone depends whether a success may be answered
 * @param reply what the endpoint answered, if it did
 */
public record Replied(Acceptance acceptance, Reply reply) {}
