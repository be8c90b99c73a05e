#include "tests/web/pair/page.h"

#include <algorithm>
#include <utility>

namespace pair_tests {
namespace {

using session_tests::find;
using session_tests::flag;
using session_tests::number;
using session_tests::text;

/// The networks of the presets are large; nothing here depends on their size.
Json small_network(const std::string& preset) {
  const bool even = preset.size() % 2 == 0;
  return *cnn::parse_json(even ? R"({"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"MaxPooling2D","config":{"pool_size":8}},{"class_name":"Flatten","config":{}},
    {"class_name":"Dense","config":{"units":8,"activation":"relu"}},
    {"class_name":"Dense","config":{"units":10,"activation":"softmax"}}]}})"
                               : R"({"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"Conv2D","config":{"filters":4,"kernel_size":3,"strides":4,"activation":"relu"}},
    {"class_name":"BatchNormalization","config":{}},{"class_name":"Dropout","config":{"rate":0.2}},
    {"class_name":"Flatten","config":{}},{"class_name":"Dense","config":{"units":10}}]}})");
}

Json failed(const std::string& code, const std::string& message) {
  Json header;
  header["error"]["code"] = code;
  header["error"]["message"] = message;
  return header;
}

Json with(const char* key, Json value) {
  Json object;
  object[key] = std::move(value);
  return object;
}

}  // namespace

std::vector<playground::Payload> table(const std::vector<Buffer>& payloads) {
  std::vector<playground::Payload> rows;
  rows.reserve(payloads.size());
  for (const Buffer& payload : payloads)
    rows.push_back({payload.data(), static_cast<std::uint32_t>(payload.size())});
  return rows;
}

Page::Page(int threads) : threads_(threads) {
  start_session();
  request("build", with("config", small_network("tutorial")).dump(), {}, {});
}

void Page::start_session() {
  session_works_ = true;
  session_ = std::make_unique<playground::trainer::Session>(
      playground::trainer::Host{.threads = threads_, .milliseconds = [this] { return now_ += per_reading_; }},
      [this](const Json& header, std::vector<Buffer> payloads) {
        // As it crosses: as text.
        from_session(*cnn::parse_json(header.dump()), std::move(payloads));
      });
}

void Page::from_session(const Json& header, std::vector<Buffer> payloads) {
  if (find(header, "id")) {
    const auto found = pending_.find(static_cast<int>(number(header, "id")));
    if (found == pending_.end()) return;  // a canceled call's
    const Then then = std::move(found->second);
    pending_.erase(found);
    if (then) then(header, payloads);
    return;
  }
  const std::string type = text(header, "type");
  const Json& args = *header.find("args");
  note(type, args);
  if (type == "checkpoint") {
    checkpoint_ = std::move(payloads);
    return;  // the app has no use for it
  }
  to_app.push_back({header.dump(), std::move(payloads)});
}

void Page::note(const std::string& type, const Json& args) {
  if (type == "state") state_ = text(args, "state");
  if (type == "model") {
    model_ = args;
    const Json data = told_.data;
    told_ = {};
    told_.data = data;
    told_.trained = find(args, "history") != nullptr;
    if (const Json* fit = find(args, "fit")) told_.fit = *fit;
  }
  if (type == "dataset") {
    data_ = told_.data = args;
    told_.evaluation = {};
  }
  if (type == "run") {
    told_.run = told_.fit = args;
    told_.step = {};
  }
  if (const Json* history = find(args, "history"); history && (type == "model" || type == "run"))
    told_.history = *history->elements();
  if (type == "epoch") told_.history.push_back(args);
  if (type == "evaluation") told_.evaluation = args;
  if (type == "step") {
    told_.step = args;
    told_.trained = true;
  }
}

void Page::ask_later(const std::string& type, const std::string& args,
                     std::function<void(const Json&)> then) {
  request(type, args, {}, [then = std::move(then)](const Json& header, const std::vector<Buffer>&) {
    const Json* reply = find(header, "args");
    then(reply ? *reply : Json());
  });
}

int Page::request(const std::string& type, const std::string& args, const std::vector<Buffer>& payloads,
                  Then then) {
  const int id = ++last_id_;
  if (type != "cancel") pending_[id] = std::move(then);
  session_works_ = true;
  session_->receive(R"({"id":)" + std::to_string(id) + R"(,"type":")" + type + R"(","args":)" + args + "}",
                    table(payloads));
  return id;
}

Json Page::ask(const std::string& type) {
  Json answer;
  request(type, "{}", {}, [&answer](const Json& header, const std::vector<Buffer>&) {
    if (const Json* args = find(header, "args")) answer = *args;
  });
  return answer;
}

void Page::send(std::string_view json, std::span<const playground::Payload> payloads) {
  Message message{std::string(json), {}};
  for (const playground::Payload& payload : payloads)
    message.payloads.emplace_back(payload.data, payload.data + payload.size);
  from_app_.push_back(std::move(message));
}

bool Page::take() {
  if (from_app_.empty()) return false;
  const Message message = std::move(from_app_.front());
  from_app_.pop_front();
  const cnn::Result<Json> header = cnn::parse_json(message.json);
  if (!header) {
    wrong_ = "the app sent " + message.json;
    return true;
  }
  const std::string type = text(*header, "type");
  const int id = static_cast<int>(number(*header, "id"));
  if (type.empty() || !unanswered_.emplace(id, type).second) wrong_ = "the app sent " + message.json;
  ++asked[type];
  const Json& args = *header->find("args");
  last_args[type] = args.dump();
  log += "  app: " + type + " " + args.dump().substr(0, 160) + "\n";
  handle(id, type, args, message.payloads);
  return true;
}

void Page::handle(int id, const std::string& type, const Json& args, const std::vector<Buffer>& payloads) {
  if (type == "cancel") {
    cancel(static_cast<int>(number(args, "id")));
    return reply(id, Json::object());
  }
  if (type == "load") return begin_load(id, find(args, "source") ? text(args, "source") : "sample");
  if (type == "load_cancel") {
    if (load_) {
      request("load_abort", "{}", {}, {});
      end_load(failed("cancelled", "The load was canceled."));
    }
    return reply(id, Json::object());
  }
  if (type == "choose_files") {
    const std::string kind = text(args, "kind");
    if (kind == "data") return begin_load(id, "files");
    if (kind == "folder") return refuse(id, "cancelled", "No file was chosen.");
  }
  if (type == "choose_files" || type == "load_model") {
    if (checkpoint_.empty()) return refuse(id, "network", "There is no such model.");
    request("import", R"({"files":["checkpoint.safetensors"]})", checkpoint_,
            [this, id](const Json& header, const std::vector<Buffer>& files) { pass_on(id, header, files); });
    return;
  }
  if (type == "picture") return picture(id, text(args, "from"));
  if (type == "sources")
    return reply(id, *cnn::parse_json(
                         R"({"beside_page":false,"kept":{"label":"Sample pictures","bytes":3e6,"saved":1},)"
                         R"("huggingface":"https://example.org/cifar10","huggingface_bytes":1,"sample":true,)"
                         R"("unasked":"kept"})"));
  if (type == "kept_runs") return reply(id, with("runs", Json(kept_runs())));
  if (type == "keep_run") {
    std::string key = text(args, "key");
    if (key.empty()) key = "run " + std::to_string(stored.size());
    stored[key] = text(args, "run");
    return reply(id, with("key", key));
  }
  if (type == "forget_run") stored.erase(text(args, "key"));
  if (type == "download") return forward(id, "export", args, {});
  if (type == "share") return reply(id, with("url", "https://example.org/#" + text(args, "hash")));
  if (type == "forget" || type == "forget_run" || type == "show_text" || type == "show_notices" ||
      type == "save_text")
    return reply(id, Json::object());
  forward(id, type, args, payloads);
}

Json::Array Page::kept_runs() const {
  Json::Array runs;
  for (const auto& [key, run] : stored) runs.push_back(Json::object({{"key", key}, {"run", run}}));
  return runs;
}

void Page::forward(int id, const std::string& type, Json args, const std::vector<Buffer>& payloads) {
  if (type == "build" && find(args, "preset")) args = with("config", small_network(text(args, "preset")));
  if (type == "measure") args["preset"] = "tutorial_small";
  const int other =
      request(type, args.dump(), payloads, [this, id](const Json& header, const std::vector<Buffer>& files) {
        session_ids_.erase(id);
        pass_on(id, header, files);
      });
  if (unanswered_.contains(id)) session_ids_[id] = other;
}

void Page::cancel(int app_id) {
  const auto found = session_ids_.find(app_id);
  if (found == session_ids_.end()) return;
  pending_.erase(found->second);
  request("cancel", R"({"id":)" + std::to_string(found->second) + "}", {}, {});
  session_ids_.erase(found);
  refuse(app_id, "cancelled", "The call was canceled.");
}

void Page::reply(int id, const Json& args, std::vector<Buffer> payloads) {
  if (id == 0) return;
  if (unanswered_.erase(id) == 0) wrong_ = "a second reply to request " + std::to_string(id);
  Json message = with("id", id);
  message["args"] = args;
  to_app.push_back({message.dump(), std::move(payloads)});
}

void Page::refuse(int id, const std::string& code, const std::string& message) {
  pass_on(id, failed(code, message), {});
}

void Page::pass_on(int id, const Json& header, const std::vector<Buffer>& payloads) {
  if (id == 0) return;
  const Json* error = find(header, "error");
  if (!error) return reply(id, *header.find("args"), payloads);
  if (unanswered_.erase(id) == 0) wrong_ = "a second reply to request " + std::to_string(id);
  Json message = with("id", id);
  message["error"] = *error;
  to_app.push_back({message.dump(), {}});
}

void Page::event(const std::string& type, const std::string& args, std::vector<Buffer> payloads) {
  to_app.push_back({R"({"type":")" + type + R"(","args":)" + args + "}", std::move(payloads)});
}

void Page::script(const std::string& type, const std::string& args) {
  log += "  script: " + type + " " + args + "\n";
  request(type, args, {}, {});
}

void Page::import_checkpoint() {
  log += "  script: import\n";
  if (!checkpoint_.empty()) request("import", R"({"files":["checkpoint.safetensors"]})", checkpoint_, {});
}

void Page::load(const std::string& source) { begin_load(0, source); }

void Page::begin_load(int app_id, const std::string& source) {
  if (load_) end_load(failed("cancelled", "Another load replaced it."));
  load_ = Load{app_id, source};
}

/// One request at a time, as the page's loader makes them: begin, files, perhaps join, end.
void Page::go_on_loading() {
  if (!load_ || load_->waits) return;
  load_->waits = true;
  const int part = load_->part++;
  const auto then = [this, part](const Json& header, const std::vector<Buffer>&) {
    if (!load_) return;
    load_->waits = false;
    if (find(header, "error")) return end_load(header);
    if (part == 0) load_->number = static_cast<int>(number(*header.find("args"), "load"));
    if (part == 4 || load_->source == "sample") end_load(header);
  };
  const std::string which = R"("load":)" + std::to_string(load_->number);
  event("load_progress", R"({"source":")" + load_->source + R"(","file":"x.bin","received":)" +
                             std::to_string(part * 90000) +
                             R"(,"total":400000,"bytes_per_second":1e6,"seconds_left":1,"records":)" +
                             std::to_string(part * 30) + R"(,"done":false})");
  if (load_->source == "sample") return void(request("load_sample", R"({"train":60,"test":30})", {}, then));
  if (part == 0) {
    const std::string kind = load_->source == "cifar10" || load_->source == "kept" ? load_->source : "url";
    const char* names = three_classes() ? R"(,"class_names":["ant","bee","cow"])" : "";
    return void(request("load_begin",
                        R"({"source":{"kind":")" + kind + R"(","name":"records"})" + names + "}", {}, then));
  }
  if (part == 4) return void(request("load_end", "{" + which + "}", {}, then));
  if (part == 2) request("load_join", "{" + which + "}", {}, {});
  const char* files[] = {"test_batch.bin", "data_batch_2.bin", "data_batch_1.bin"};
  request("load_chunk", R"({"file":")" + std::string(files[part - 1]) + R"(","end":true,)" + which + "}",
          {session_tests::records(25, static_cast<std::size_t>(part), three_classes() ? 3 : 10)}, then);
}

void Page::end_load(const Json& header) {
  const Load ended = *load_;
  load_.reset();
  event("load_progress",
        R"({"source":")" + ended.source + R"(","file":"x.bin","received":400000,"records":90,)" +
            (find(header, "error") ? R"("error":"It did not work.",)" : "") + R"("done":true})");
  if (const Json* args = find(header, "args"); args && flag(*args, "waits"))
    event("load_waits", R"({"label":"Pictures"})");
  if (!find(header, "error")) event("kept", R"({"state":"kept","label":"Pictures"})");
  pass_on(ended.app_id, header, {});
}

void Page::picture(int id, const std::string& from) {
  if (from == "clipboard") return refuse(id, "bad_data", "There is no picture on the clipboard.");
  if (from != "nothing") {
    const int width = 40, height = 30;
    event(
        "picture",
        R"({"name":"p","width":40,"height":30,"live":)" + std::string(from == "camera" ? "true}" : "false}"),
        {Buffer(static_cast<std::size_t>(3 * width * height), 77)});
  }
  reply(id, Json::object());
}

void Page::crash() {
  log += "  crash\n";
  const Json gone = failed("worker_gone", "The trainer ended. A new one is starting.");
  const std::map<int, Then> pending = std::move(pending_);
  pending_.clear();
  session_ids_.clear();
  start_session();
  for (const auto& [id, then] : pending)
    if (then) then(gone, {});
  event("trainer_gone", R"({"code":"worker_gone","message":"The trainer ended. A new one is starting."})");
  state_ = "empty";
  request("hello", "{}", {}, [this](const Json& header, const std::vector<Buffer>&) {
    event("trainer_ready", header.find("args")->dump());
    if (!data_.is_null()) request("load_sample", R"({"train":60,"test":30})", {}, {});
    if (!checkpoint_.empty())
      request("import", R"({"files":["checkpoint.safetensors"]})", checkpoint_, {});
    else if (!model_.is_null())
      request("build", with("config", *model_.find("config")).dump(), {}, {});
  });
}

void Page::work(int readings) {
  go_on_loading();
  for (const auto& [id, type] : unanswered_)
    if (type == "measure") per_reading_ = 800;  // it works until seconds have passed
  session_works_ = session_->run(per_reading_ * readings);
  per_reading_ = 20;
}

bool Page::idle() { return from_app_.empty() && to_app.empty() && !load_ && !session_works_; }

}  // namespace pair_tests
