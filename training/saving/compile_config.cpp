#include "compile_config.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "../../framework/register_object.hpp"
#include "../../framework/serialization.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

Json loss_json(const LossSpec& loss) {
  if (!loss) return nullptr;
  return loss.name().empty() ? serialize(*loss) : Json(loss.name());
}

Json metric_json(const MetricSpec& metric) {
  return metric.metric() ? serialize(*metric.metric()) : Json(metric.name());
}

Json metrics_json(const MetricList& metrics) {
  Json list = Json::array();
  for (const MetricSpec& metric : metrics) list.push_back(metric_json(metric));
  return list;
}

Json metrics_json(const MetricSpecs& metrics) {
  if (metrics.empty()) return nullptr;
  if (!metrics.flat().empty()) return metrics_json(metrics.flat());
  if (!metrics.list().empty()) {
    Json lists = Json::array();
    for (const MetricList& list : metrics.list()) lists.push_back(metrics_json(list));
    return lists;
  }
  Json by_name = Json::object();
  for (const auto& [name, list] : metrics.by_name()) by_name[name] = metrics_json(list);
  return by_name;
}

template <class T>
Json per_output_json(const PerOutput<T>& values, const std::function<Json(const T&)>& write) {
  if (values.empty()) return nullptr;
  if (!values.all().empty()) return write(values.all()[0]);
  if (!values.list().empty()) {
    Json list = Json::array();
    for (const T& value : values.list()) list.push_back(write(value));
    return list;
  }
  Json by_name = Json::object();
  for (const auto& [name, value] : values.by_name()) by_name[name] = write(value);
  return by_name;
}

/// All but the optimizer.
void add_common(Json& json, const CompileOptions& options) {
  json["loss"] = per_output_json<LossSpec>(options.loss, loss_json);
  json["loss_weights"] =
      per_output_json<double>(options.loss_weights, [](double weight) { return Json(weight); });
  json["metrics"] = metrics_json(options.metrics);
  json["weighted_metrics"] = metrics_json(options.weighted_metrics);
  json["run_eagerly"] = false;
  json["steps_per_execution"] = 1;
  json["jit_compile"] = false;
}

/// Legacy files have objects without module and registered name.
Json legacy_objects(Json json) {
  if (json.is_object() && json.contains("class_name") && json.contains("config"))
    return {{"class_name", json["class_name"]}, {"config", json["config"]}};
  if (json.is_structured()) {
    for (Json& item : json) item = legacy_objects(item);
  }
  return json;
}

bool is_object_of_class(const Json& json) {
  return json.is_object() && json.contains("class_name") && json["class_name"].is_string();
}

class Reader {
 public:
  explicit Reader(LoadReport& report) : report_(report) {}

  std::optional<OptimizerSpec> optimizer(const Json& json) {
    try {
      return OptimizerSpec(deserialize<optimizers::Optimizer>(upgraded(json)));
    } catch (const std::exception& error) {
      warn("the optimizer", "optimizer", json, error.what());
      return {};
    }
  }

  LossSpec loss(const Json& json) {
    if (json.is_null()) return {};
    try {
      if (json.is_string()) return LossSpec(json.get<std::string>());
      return LossSpec(deserialize<const Loss>(without_function(json)));
    } catch (const std::exception& error) {
      warn("a loss", "loss", json, error.what());
      return {};
    }
  }

  PerOutput<LossSpec> losses(const Json& json) {
    if (json.is_array()) {
      std::vector<LossSpec> list;
      for (const Json& item : json) list.push_back(loss(item));
      return list;
    }
    if (json.is_object() && !is_object_of_class(json)) {
      std::map<std::string, LossSpec> by_name;
      for (const auto& [name, item] : json.items()) by_name.emplace(name, loss(item));
      return by_name;
    }
    const LossSpec one = loss(json);
    return one ? PerOutput<LossSpec>(one) : PerOutput<LossSpec>();
  }

  MetricSpecs metrics(const Json& json) {
    if (json.is_array()) {
      const bool is_nested = !json.empty() && json[0].is_array();
      if (!is_nested) return MetricSpecs(list(json));
      std::vector<MetricList> lists;
      for (const Json& item : json) lists.push_back(list(item));
      return MetricSpecs(std::move(lists));
    }
    if (json.is_object() && !is_object_of_class(json)) {
      std::map<std::string, MetricList> by_name;
      for (const auto& [name, item] : json.items()) by_name.emplace(name, list(item));
      return MetricSpecs(std::move(by_name));
    }
    return json.is_null() ? MetricSpecs() : MetricSpecs(list(json));
  }

  PerOutput<double> weights(const Json& json) {
    if (json.is_number()) return PerOutput<double>(json.get<double>());
    if (json.is_array()) return PerOutput<double>(json.get<std::vector<double>>());
    if (!json.is_object()) return {};
    std::map<std::string, double> by_name;
    for (const auto& [name, item] : json.items()) by_name.emplace(name, item.get<double>());
    return PerOutput<double>(std::move(by_name));
  }

 private:
  void warn(const std::string& what, std::string_view kind, const Json& json,
            const std::string& why) {
    std::string hint;
    if (why.starts_with("Could not interpret")) {
      const ObjectDescription object = describe_object(json);
      hint = registration_hint(kind, object.name);
    }
    report_.warnings.push_back(
        concat("The model was compiled with ", what, " that is not known: ", why, hint));
  }

  /// One metric, or a list of them.
  MetricList list(const Json& json) {
    MetricList found;
    if (json.is_array()) {
      for (const Json& item : json) {
        for (MetricSpec& metric : list(item)) found.push_back(std::move(metric));
      }
      return found;
    }
    if (json.is_null()) return found;
    try {
      if (json.is_string()) {
        found.emplace_back(json.get<std::string>());
      } else if (const auto name = wrapped_function(json)) {
        found.emplace_back(*name);
      } else {
        found.emplace_back(deserialize<Metric>(json));
      }
    } catch (const std::exception& error) {
      warn("a metric", "metric", json, error.what());
    }
    return found;
  }

  /// Keras 2.14 notes the function that a loss is made of, too.
  static Json without_function(Json json) {
    if (json.is_object() && json.contains("config") && json["config"].is_object())
      json["config"].erase("fn");
    return json;
  }

  /// Keras 2 wraps functions: {"class_name": "MeanMetricWrapper", "config": {"name": "accuracy",
  /// "dtype": "float32", "fn": "categorical_accuracy"}}.
  static std::optional<std::string> wrapped_function(const Json& json) {
    if (json.value("class_name", Json()) != "MeanMetricWrapper" || !json.contains("config"))
      return {};
    const Json& config = json["config"];
    for (const char* key : {"fn", "name"}) {
      if (config.contains(key) && config[key].is_string()) return config[key].get<std::string>();
    }
    return {};
  }

  /// An optimizer of Keras 1 or 2 in the words of Keras 3.
  Json upgraded(Json json) {
    if (!json.is_object() || !json.contains("config") || !json["config"].is_object()) return json;
    // So Keras 2.11 to 2.15 call their own.
    const std::string own = "Custom>";
    if (is_object_of_class(json)) {
      const auto name = json["class_name"].get<std::string>();
      if (name.starts_with(own) && !Registry<optimizers::Optimizer>::instance().contains(name))
        json["class_name"] = name.substr(own.size());
    }
    Json& config = json["config"];
    const auto rename = [&](const char* from, const char* to) {
      if (config.contains(from) && !config.contains(to)) config[to] = config[from];
      config.erase(from);
    };
    rename("lr", "learning_rate");
    for (const char* key : {"is_legacy_optimizer", "jit_compile", "schedule_decay"})
      config.erase(key);
    // Keras 2's decay of the learning rate is a schedule of Keras 3.
    const Json decay = config.value("decay", Json(0.0));
    config.erase("decay");
    if (decay.is_number() && decay.get<double>() != 0 && config.contains("learning_rate") &&
        config["learning_rate"].is_number()) {
      config["learning_rate"] = {{"class_name", "InverseTimeDecay"},
                                 {"config",
                                  {{"initial_learning_rate", config["learning_rate"]},
                                   {"decay_steps", 1},
                                   {"decay_rate", decay},
                                   {"staircase", false}}}};
    }
    if (config.contains("epsilon") && config["epsilon"].is_null()) config.erase("epsilon");
    return json;
  }

  LoadReport& report_;
};

Json member(const Json& json, const char* key) {
  return json.contains(key) ? json[key] : Json(nullptr);
}

}  // namespace

Json compile_config_of(const CompileOptions& options) {
  Json json = Json::object();
  json["optimizer"] = serialize(*options.optimizer);
  add_common(json, options);
  return json;
}

Json training_config_of(const CompileOptions& options) {
  Json json = Json::object();
  add_common(json, options);
  json["optimizer_config"] = serialize(*options.optimizer);
  return legacy_objects(std::move(json));
}

std::optional<CompileOptions> read_compile_config(const Json& json, LoadReport& report) {
  Reader reader(report);
  const char* key = json.contains("optimizer") ? "optimizer" : "optimizer_config";
  const auto optimizer = reader.optimizer(member(json, key));
  if (!optimizer) return {};
  CompileOptions options{.optimizer = *optimizer};
  try {
    options.loss = reader.losses(member(json, "loss"));
    options.loss_weights = reader.weights(member(json, "loss_weights"));
    options.metrics = reader.metrics(member(json, "metrics"));
    options.weighted_metrics = reader.metrics(member(json, "weighted_metrics"));
  } catch (const nlohmann::json::exception& error) {
    report.warnings.push_back(concat("The settings of compile() are malformed: ", error.what()));
    return {};
  }
  return options;
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
