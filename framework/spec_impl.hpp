#pragma once

#include "fields_impl.hpp"
#include "registry.hpp"
#include "spec.hpp"

namespace keratin::inline KERATIN_VARIANT {

template <class T>
Spec<T>::Spec(const std::string& name)
    : object_(Registry<const T>::instance().make(name, Json::object())) {}
template <class T>
Spec<T>::Spec(const char* name) : Spec(std::string(name)) {}

}  // namespace keratin::inline KERATIN_VARIANT
