#pragma once

#include "config/config.h"
#include "store/open.h"

namespace accessd::app {

/// Where the configuration keeps everything.
inline store::Place place_of(const config::Config& config)
{
    store::Place place;
    place.data_dir = config.store.data_dir;
    place.postgres_url = config.store.url.reveal();
    place.connections_max = config.store.connections;
    return place;
}

}  // namespace accessd::app
