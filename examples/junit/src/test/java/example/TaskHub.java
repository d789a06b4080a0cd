package example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/** The image with a database in it, and what tests ask of it. */
class TaskHub extends GenericContainer<TaskHub> {
  private static final String SECRET = UUID.randomUUID().toString(); // The ports are open to whoever reaches this machine.
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();

  TaskHub() {
    super("taskhub-testing");
    withExposedPorts(8000, 8001).withEnv("TASKHUB_TESTING_SECRET", SECRET).waitingFor(Wait.forHttp("/").forPort(8001));
  }

  /** Asks the control interface, and gives the body of its answer. */
  JsonNode control(String method, String path, String body) throws Exception {
    var answer = ask(8001, SECRET, method, path, body);
    if (answer.statusCode() >= 300) {
      throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  HttpResponse<String> api(String token, String method, String path, String body) throws Exception {
    return ask(8000, token, method, path, body);
  }

  static JsonNode json(HttpResponse<String> answer) throws Exception {
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> ask(int port, String token, String method, String path, String body) throws Exception {
    var url = URI.create("http://" + getHost() + ":" + getMappedPort(port) + path);
    var request = HttpRequest.newBuilder(url).header("Authorization", "Bearer " + token).header("Content-Type", "application/json");
    return http.send(request.method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }
}
