package dev.boathook.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.JsonEscapeUtil;
import dev.boathook.config.Settings.LogFormat;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go and how they look. Set in code and not in XML, which takes Logback a tenth of
 * a second to read. Our own packages log from INFO, libraries from WARN.
 */
public final class Logging {
  static final String OURS = "dev.boathook";

  /** A line break in a message would let whoever wrote the text write log lines of their own. */
  private static final String TEXT =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX, UTC} %-5level %logger{0}: "
          + "%replace(%msg){'[\\r\\n]+', ' | '}%n";

  private Logging() {}

  /** Sends all log lines of this process to its error stream. */
  public static void start(LogFormat format) {
    configure((LoggerContext) LoggerFactory.getILoggerFactory(), format, System.err);
  }

  static void configure(LoggerContext context, LogFormat format, OutputStream out) {
    context.reset();
    Encoder<ILoggingEvent> encoder =
        switch (format) {
          case TEXT -> textEncoder();
          case JSON -> jsonEncoder();
        };
    encoder.setContext(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setEncoder(encoder);
    appender.setOutputStream(new Unclosed(out));
    appender.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
    context.getLogger(OURS).setLevel(Level.INFO);
  }

  /** A stream that outlives an appender, which closes its stream when it is replaced. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  private static Encoder<ILoggingEvent> textEncoder() {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(TEXT);
    return encoder;
  }

  private static Encoder<ILoggingEvent> jsonEncoder() {
    JsonEncoder encoder = new IsoTimeEncoder();
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithTimestamp(false);
    encoder.setWithContext(false);
    encoder.setWithMDC(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    return encoder;
  }

  /** Logback's own, with the time and the message as {@code time} and {@code message}. */
  private static final class IsoTimeEncoder extends JsonEncoder {
    @Override
    protected void appendCustomFields(StringBuilder line, ILoggingEvent event) {
      appendValueSeparator(line, true);
      appenderMember(line, "time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
      appendValueSeparator(line, true);
      String message = String.valueOf(event.getFormattedMessage());
      appenderMember(line, "message", JsonEscapeUtil.jsonEscapeString(message));
    }
  }
}
