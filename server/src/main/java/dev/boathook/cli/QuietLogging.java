package dev.boathook.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.boathook.config.Settings.LogFormat;

/**
 * How Logback begins, if anybody logs without {@link Logging#start}: nothing below a warning, on
 * the error stream. The JDK itself does, when a command opens a TLS context or reads a certificate,
 * and Logback's own beginning would print all of that among the command's answer.
 *
 * <p>Logback finds it in META-INF/services, when it is loaded at all.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class QuietLogging extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logging.configure(context, LogFormat.TEXT, System.err);
    context.getLogger(Logging.OURS).setLevel(Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
