package dev.boathook.outbound;

/** What {@link TargetUrl#parse} makes of a text: a URL that we can send to, or why it is none. */
public sealed interface ParsedUrl permits TargetUrl, InvalidTargetUrl {}
