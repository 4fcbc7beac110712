package dev.boathook.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * The product with one mistake in it: source files are changed, compiled in memory and loaded
 * beside the real ones, so that nothing in the product has to be made for it.
 *
 * @param name what is wrong
 * @param broken the promises one of which must be the one that is broken by it
 * @param mistakes where
 */
record PlantedBug(String name, Set<Promise> broken, List<Mistake> mistakes) {
  private static final Path SOURCES = Path.of("src/main/java/dev/boathook");
  private static final String OURS = "dev.boathook.";

  /** In a file, a text that is there once, and what stands there instead. */
  record Mistake(String file, String right, String wrong) {}

  static PlantedBug of(String name, Set<Promise> broken, String file, String right, String wrong) {
    return new PlantedBug(name, broken, List.of(new Mistake(file, right, wrong)));
  }

  /** Whether what the simulator says is what must come of this. */
  boolean isNamed(String said) {
    return broken.stream().anyMatch(promise -> said.startsWith(promise.words() + ": "));
  }

  @Override
  public String toString() {
    return name;
  }

  /** What the simulator says to a seed with this bug in the product; empty for nothing. */
  LongFunction<String> simulator() {
    MethodHandle broken;
    try {
      broken =
          MethodHandles.publicLookup()
              .findStatic(
                  Class.forName(Simulation.class.getName(), true, new Loader(compiled())),
                  "broken",
                  MethodType.methodType(String.class, long.class));
    } catch (IOException | ReflectiveOperationException e) {
      throw new IllegalStateException(name, e);
    }
    return seed -> {
      try {
        return (String) broken.invokeExact(seed);
      } catch (Throwable e) {
        throw new IllegalStateException(name, e);
      }
    };
  }

  private Map<String, byte[]> compiled() throws IOException {
    Map<String, String> sources = new LinkedHashMap<>();
    for (Mistake mistake : mistakes) {
      String source = sources.get(mistake.file);
      if (source == null) {
        source = Files.readString(SOURCES.resolve(mistake.file));
      }
      assertThat(source.split(Pattern.quote(mistake.right), -1))
          .as("%s is once in %s", mistake.right, mistake.file)
          .hasSize(2);
      sources.put(mistake.file, source.replace(mistake.right, mistake.wrong));
    }
    List<JavaFileObject> units = new ArrayList<>();
    sources.forEach((file, text) -> units.add(new Source(file, text)));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (Memory memory = new Memory(compiler.getStandardFileManager(null, null, UTF_8))) {
      assertThat(
              compiler
                  .getTask(errors, memory, null, List.of("-proc:none", "-nowarn"), null, units)
                  .call())
          .as("%s: %s", name, errors)
          .isTrue();
      Map<String, byte[]> classes = new HashMap<>();
      memory.classes.forEach((type, bytes) -> classes.put(type, bytes.toByteArray()));
      return classes;
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String file, String text) {
      super(URI.create("string:///dev/boathook/" + file), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

    Memory(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String type, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("memory:///" + type), kind) {
        @Override
        public OutputStream openOutputStream() {
          return classes.computeIfAbsent(type, name -> new ByteArrayOutputStream());
        }
      };
    }
  }

  /** Has all of our classes once more. */
  private static final class Loader extends ClassLoader {
    private final Map<String, byte[]> changed;

    Loader(Map<String, byte[]> changed) {
      super(PlantedBug.class.getClassLoader());
      this.changed = changed;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(OURS)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded == null) {
          byte[] bytes = bytes(name);
          loaded = defineClass(name, bytes, 0, bytes.length);
        }
        return loaded;
      }
    }

    private byte[] bytes(String name) {
      byte[] bytes = changed.get(name);
      if (bytes != null) {
        return bytes;
      }
      String resource = name.replace('.', '/') + ".class";
      try (InputStream in = Objects.requireNonNull(getParent().getResourceAsStream(resource))) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
