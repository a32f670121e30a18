package tidemark.judge;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What every judge does: a case per line on stdin, its "expected" per line on stdout. `Cases` is the engine's own. What goes wrong in the judge itself is {"fault": …}. */
public final class Judge {
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err); // An engine that prints must not get between the answers.
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Object answer;
            try {
                answer = Cases.judge(JSON.readTree(line));
            } catch (Exception | LinkageError fault) {
                fault.printStackTrace();
                answer = Map.of("fault", String.valueOf(fault));
            }
            out.println(JSON.writeValueAsString(answer));
            out.flush();
        }
    }

    /** In the order given. */
    static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        return fields;
    }
}
