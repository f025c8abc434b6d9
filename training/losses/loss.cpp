#include "loss.hpp"

#include "../../framework/spec_impl.hpp"

namespace keratin::inline KERATIN_VARIANT {

template class Spec<Loss>;

}  // namespace keratin::inline KERATIN_VARIANT
