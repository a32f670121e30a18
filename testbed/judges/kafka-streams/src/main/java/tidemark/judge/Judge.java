package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A case per line on stdin, its "expected" per line on stdout. What goes wrong in the judge itself is {"fault": …}. */
public final class Judge {
    static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err); // An engine that prints must not get between the answers.
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Object answer;
            try {
                answer = judge(JSON.readTree(line));
            } catch (Exception fault) {
                fault.printStackTrace();
                answer = Map.of("fault", String.valueOf(fault));
            }
            out.println(JSON.writeValueAsString(answer));
            out.flush();
        }
    }

    private static Object judge(JsonNode given) throws Exception {
        return switch (given.path("kind").asText()) {
            case "window" -> WindowCase.run(given);
            case "task" -> TaskCase.run(given);
            case "time" -> Stopwatch.run(given);
            default -> throw new IllegalArgumentException("kind " + given.path("kind"));
        };
    }
}
