package example;

import static example.TaskHub.json;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

@Testcontainers
class BoardTest {
  @Container static final TaskHub taskhub = new TaskHub();

  private JsonNode tenant;
  private String token;
  private String tasks;

  @BeforeEach
  void aWorkspaceOfItsOwn() throws Exception {
    tenant = taskhub.control("POST", "/tenants", "{}");
    token = tenant.at("/account/token").asText();
    tasks = "/v1/workspaces/" + tenant.get("workspace_id").asText() + "/tasks";
  }

  private JsonNode newTask() throws Exception {
    var body = "{\"title\": \"Oil the engine\", \"project_id\": " + tenant.get("project_id") + "}";
    return json(taskhub.api(token, "POST", tasks, body));
  }

  @Test
  void aTaskIsDone() throws Exception {
    var task = newTask();
    taskhub.api(token, "PATCH", tasks + "/" + task.get("key").asText(), "{\"status\": \"done\"}");
    var path = "/workspaces/" + tenant.get("workspace_id").asText() + "/events/task.updated?entity=" + task.get("id").asText();
    assertEquals("done", taskhub.control("GET", path, "").at("/changes/status/1").asText());
  }

  @Test
  void theTrashIsEmptiedAfterAMonth() throws Exception {
    var path = tasks + "/" + newTask().get("key").asText();
    taskhub.api(token, "DELETE", path, "");
    taskhub.control("POST", "/clock/advance", "{\"seconds\": 2678400}");
    assertEquals(404, taskhub.api(token, "POST", path + "/restore", "").statusCode());
  }
}
