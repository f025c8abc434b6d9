#include "recurrent_options.hpp"

namespace keratin::inline KERATIN_VARIANT::layers {
namespace {

struct UseCudnn {
  std::optional<bool> value;
};

void from_json(const Json& json, UseCudnn& use) {
  if (json.is_boolean()) {
    use.value = json.get<bool>();
  } else if (json == "auto") {
    use.value.reset();
  } else {
    throw ValueError("Expected one of {'auto', True, False}.");
  }
}

void to_json(Json& json, const UseCudnn& use) {
  json = use.value ? Json(*use.value) : Json("auto");
}

}  // namespace

void describe_cudnn(Fields& fields, std::optional<bool>& use_cudnn) {
  if (!fields.reading()) return;
  UseCudnn use{use_cudnn};
  fields("use_cudnn", use);
  use_cudnn = use.value;
}

void check_cudnn(const Layer& layer, const std::optional<bool>& use_cudnn) {
  if (!use_cudnn.value_or(false)) return;
  layer.refuse("use_cudnn=True was specified, but cuDNN is not supported for this layer ",
               "configuration with this backend. Pass use_cudnn='auto' to fallback to a non-cuDNN ",
               "implementation.");
}

}  // namespace keratin::inline KERATIN_VARIANT::layers
