#include "web/app/requests/left_networks.h"

#include <algorithm>
#include <utility>

#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr std::size_t kMost = 3;               // networks
constexpr std::size_t kMostBytes = 96u << 20;  // of all together

}  // namespace

const LeftNetworks::Left* LeftNetworks::find(const Json& config) const {
  for (const Left& left : left_)
    if (left.config == config) return &left;
  return nullptr;
}

void LeftNetworks::forget(const Json& config) {
  std::erase_if(left_, [&](const Left& left) { return left.config == config; });
}

bool LeftNetworks::has_room() const {
  constexpr double kBytesPerWeight = 3 * sizeof(float);
  return state_.model.total * kBytesPerWeight < static_cast<double>(kMostBytes);
}

void LeftNetworks::keep(std::function<void()> then) {
  if (!state_.trained || state_.model.empty()) return then();
  mail_.ask("export", Json::object({{"format", "checkpoint"}}),
            [this, config = state_.model.config, then = std::move(then)](const AppReply& reply) {
              const std::vector<std::string> names = texts_in(reply.args, "files");
              if (reply.ok() && !names.empty() && names.size() == reply.payloads.size()) {
                Left left{config, names, {}};
                for (const std::span<const std::uint8_t> file : reply.payloads)
                  left.files.emplace_back(file.begin(), file.end());
                std::erase_if(left_, [&](const Left& other) { return other.config == config; });
                left_.insert(left_.begin(), std::move(left));
                std::size_t bytes = 0, kept = 0;
                for (const Left& each : left_) {
                  for (const auto& file : each.files) bytes += file.size();
                  if (bytes > kMostBytes || kept == kMost) break;
                  ++kept;
                }
                left_.resize(kept);
              }
              then();
            });
}

void LeftNetworks::bring_back(const Json& config, Mailbox::Handler then) {
  const Left* left = find(config);
  if (left == nullptr) return;
  Json names = Json::array();
  std::vector<Payload> payloads;
  for (std::size_t i = 0; i < left->names.size(); ++i) {
    names.push_back(left->names[i]);
    payloads.push_back({left->files[i].data(), static_cast<std::uint32_t>(left->files[i].size())});
  }
  mail_.ask("import", Json::object({{"files", std::move(names)}}), std::move(then), payloads);
}

}  // namespace playground
