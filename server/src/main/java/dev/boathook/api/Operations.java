package dev.boathook.api;

import dev.boathook.replay.BulkCancellation;
import dev.boathook.replay.Lanes;
import dev.boathook.replay.ReplayJobs;
import dev.boathook.replay.Replays;

/**
 * What operators do to deliveries.
 *
 * @param replays to one
 * @param replayJobs to many, once more
 * @param cancellation to many that wait
 * @param lanes to those that halt
 */
public record Operations(
    Replays replays, ReplayJobs replayJobs, BulkCancellation cancellation, Lanes lanes) {}
