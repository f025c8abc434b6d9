#include "versions.hpp"

#include <nlohmann/json.hpp>

#include "../../framework/base/error.hpp"
#include "versions/keras2.hpp"
#include "versions/keras3.hpp"
#include "versions/requirements.hpp"

namespace keratin::inline KERATIN_VARIANT::saving {
namespace {

void note(const SaveOptions& options, const std::string& text) {
  if (options.notes) options.notes->push_back(text);
}

void check(const Requirement& requirement, const KerasVersion& version,
           const SaveOptions& options) {
  if (version >= keras3(requirement.since)) return;
  if (requirement.is_meaning) return note(options, requirement.what);
  const std::string release = requirement.since == no_keras3
                                  ? "is in no Keras 3"
                                  : concat("came with Keras 3.", requirement.since);
  const std::string allowed =
      requirement.since == no_keras3 ? "2.15" : concat("3.", requirement.since, " or newer");
  throw ValueError(concat(requirement.what, " ", release, " and cannot be written for Keras ",
                          version.text(), ". Allowed: keras_version=", allowed));
}

}  // namespace

KerasVersion version_for(const Json& model, const Json& settings, const SaveOptions& options) {
  std::vector<Requirement> needed = requirements(model);
  for (Requirement& requirement : requirements(settings)) needed.push_back(std::move(requirement));
  if (options.keras_version.empty()) {
    for (const Requirement& requirement : needed) {
      if (requirement.since == no_keras3)
        note(options,
             concat(requirement.what, " is in no Keras 3, which asks for a custom object"));
    }
    return keras3(oldest_minor(needed));
  }
  const KerasVersion version = parse_keras_version(options.keras_version);
  if (version.major < 3) return version;  // the converter knows what tf.keras does not have
  for (const Requirement& requirement : needed) check(requirement, version, options);
  return version;
}

Json model_for(const KerasVersion& version, const Json& model, const Function& function) {
  return version.major < 3 ? keras2_model(model, function) : keras3_model(model, function, version);
}

Json settings_for(const KerasVersion& version, const Json& settings) {
  return version.major < 3 ? keras2_settings(settings) : keras3_objects(settings, version);
}

}  // namespace keratin::inline KERATIN_VARIANT::saving
