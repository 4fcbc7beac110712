package dev.boathook.api;

/** How much would be done; of what was not looked at for want of time, more may match. */
record DryRun(boolean dryRun, long matched, boolean complete) {}
