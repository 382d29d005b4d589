#pragma once

#include <functional>
#include <memory>

#include "gateway/answers/cross_origin.h"
#include "gateway/exchange/exchange.h"

namespace welfare::gateway {

// Has `handle` make the handler of an exchange whose answer `cross_origin`,
// which outlives it, annotates, whatever the handler is and wherever it
// answers. With nobody allowed this is `handle(exchange)`.
std::shared_ptr<ExchangeHandler> HandleAnnotated(
    const CrossOrigin& cross_origin, Exchange& exchange,
    const std::function<std::shared_ptr<ExchangeHandler>(Exchange&)>& handle);

}  // namespace welfare::gateway
