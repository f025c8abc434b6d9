#pragma once

#include <string>

#include "layer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Lets files name a layer class of the user's, as keras.saving.register_keras_serializable does.
///
/// `L` derives from OptionsLayer, or has a `keras_name` and a `from_config` of its own. With
/// `static constexpr std::string_view package = "my_package"` in it, files call the class
/// "my_package>Name", as Keras does with classes of packages; by its bare name it is found in any
/// case. A class that was registered before is replaced.
///
///     register_layer<MyScaleLayer>();
///     Model model = load_model("with_my_scale.keras");
template <class L>
void register_layer() {
  Registry<Layer>& registry = Registry<Layer>::instance();
  registry.add<L>();
  const auto factory = [](const Json& config) -> std::shared_ptr<Layer> {
    return L::from_config(config);
  };
  registry.add(concat(package_of<L>(), ">", L::keras_name), factory);
}

}  // namespace keratin::inline KERATIN_VARIANT
