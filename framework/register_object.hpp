#pragma once

#include <concepts>

#include "activation.hpp"
#include "constraint.hpp"
#include "initializer.hpp"
#include "layer.hpp"
#include "regularizer.hpp"

namespace keratin::inline KERATIN_VARIANT {

/// Lets files name a class of the user's: under its `keras_name`, and as "package>Name" where the
/// class has `static constexpr std::string_view package`. A class of that name is replaced.
/// `Object` has a `from_config`, as those that derive from WithOptions do.
template <class Base, std::derived_from<std::remove_const_t<Base>> Object>
void register_object() {
  Registry<Base>& registry = Registry<Base>::instance();
  registry.template add<Object>();
  registry.add(
      concat(package_of<Object>(), ">", Object::keras_name),
      [](const Json& config) -> std::shared_ptr<Base> { return Object::from_config(config); });
}

// What keras.saving.register_keras_serializable does, for each kind of object that layers are made
// with:
//
//     register_regularizer<MyPenalty>();
//     Model model = load_model("with_my_penalty.keras");

template <class Object>
void register_activation() {
  register_object<const ActivationFunction, Object>();
}
template <class Object>
void register_initializer() {
  register_object<const Initializer, Object>();
}
template <class Object>
void register_regularizer() {
  register_object<const Regularizer, Object>();
}
template <class Object>
void register_constraint() {
  register_object<const Constraint, Object>();
}

/// The line that a program needs before it loads a file with an unknown class `name` of `kind`,
/// such as "regularizer": ". If it is one of yours, say so before loading: ...".
std::string registration_hint(std::string_view kind, const std::string& name);

}  // namespace keratin::inline KERATIN_VARIANT
