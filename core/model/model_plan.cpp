// Plans where every array of a batch is stored. Time runs over the n steps forward, 0 .. n-1, and backward,
// n .. 2n-1. An array lives from its first writer to its last reader; arrays whose lifetimes do not overlap
// share memory.
#include <algorithm>

#include "core/model/memory_plan.h"
#include "core/model/model_graph.h"

namespace cnn {
namespace {

std::uint64_t bytes_of(const Shape& shape, int batch) {
  return static_cast<std::uint64_t>(batch) * count(shape) * sizeof(float);
}

class Planner {
 public:
  /// repeat: recompute values that are cheap to recompute from their input, instead of keeping them.
  Planner(const Model::Graph& graph, Keep keep, int batch, bool repeat)
      : graph_(graph), keep_(keep), repeat_(repeat && keep == Keep::for_backward) {
    plan_.batch = batch;
    step_count_ = static_cast<int>(graph.steps.size());
    value_count_ = static_cast<int>(graph.values.size());
  }

  Plan make() {
    plan_.steps.resize(static_cast<std::size_t>(step_count_));
    plan_.shapes = graph_.values;
    if (keep_ != Keep::everything) leave_out_unread();
    for (int s = 0; s < step_count_; ++s) describe_step(s);
    find_repeated();
    place_values();
    place_repeated();
    if (keep_ != Keep::nothing) place_gradients();
    for (int s = 0; s < step_count_; ++s) place_step_arrays(s);
    plan_.bytes = place(lives_);
    for (const auto& [target, life] : targets_) *target = lives_[life].offset;
    return std::move(plan_);
  }

 private:
  const Step& step(int s) const { return graph_.steps[static_cast<std::size_t>(s)]; }
  Plan::OfStep& planned(int s) { return plan_.steps[static_cast<std::size_t>(s)]; }
  const Shape& shape(int value) const { return plan_.shapes[static_cast<std::size_t>(value)]; }
  int producer(int value) const { return graph_.producer[static_cast<std::size_t>(value)]; }
  const std::vector<int>& consumers(int value) const {
    return graph_.consumers[static_cast<std::size_t>(value)];
  }
  int backward_time(int s) const { return 2 * step_count_ - 1 - s; }
  int end_of_time() const { return 2 * step_count_; }
  Needs needs(int s) const { return step(s).op->needs(step(s).input_shapes[0], plan_.batch); }
  /// The plan that keeps everything serves training and inference, so the step must be an identity in both.
  bool is_identity(int s) const { return step(s).op->is_identity(keep_ != Keep::nothing); }

  bool wants_gradient(int value) const {
    if (keep_ == Keep::everything) return true;
    return graph_.wants_gradient[static_cast<std::size_t>(value)] != 0;
  }

  /// Max pooling without padding drops an incomplete border, which a convolution before it need not compute.
  void leave_out_unread() {
    for (int value = 1; value < value_count_; ++value) {
      if (consumers(value).size() != 1 || is_kept(value)) continue;
      const Step &writer = step(producer(value)), &reader = step(consumers(value)[0]);
      if (writer.inputs.size() != 1 || reader.inputs.size() != 1 || shape(value).rank() != 3) continue;
      const Reach made = writer.op->reach(shape(writer.inputs[0])), read = reader.op->reach(shape(value));
      if (made.rule != Reach::Rule::weights || made.whole || read.rule != Reach::Rule::largest ||
          read.whole || read.before.height > 0 || read.before.width > 0 || shape(reader.output).rank() != 3)
        continue;  // global pooling reads the whole map and outputs a row
      const Shape& y = shape(reader.output);
      Shape& x = plan_.shapes[static_cast<std::size_t>(value)];
      x = Shape{std::min(x[0], (y[0] - 1) * read.stride.height + read.window.height),
                std::min(x[1], (y[1] - 1) * read.stride.width + read.window.width), x[2]};
    }
  }

  void describe_step(int s) {
    const Needs wanted = needs(s);
    Plan::OfStep& of = planned(s);
    of.reads_x = wanted.backward_reads_x;
    of.reads_y = wanted.backward_reads_y || step(s).relu;
    const bool final_softmax =
        step(s).output == graph_.output_value && graph_.logits_value != graph_.output_value;
    of.runs_backward = keep_ != Keep::nothing && wants_gradient(step(s).output) && !final_softmax;
    of.second_gradient.assign(step(s).inputs.size(), Plan::external);
  }

  bool is_kept(int value) const {
    return keep_ == Keep::everything || value == graph_.output_value || value == graph_.logits_value;
  }

  /// The value that a chain of identities passes on, or the value itself.
  int root(int value) const {
    while (producer(value) >= 0 && is_identity(producer(value))) value = step(producer(value)).inputs[0];
    return value;
  }
  bool repeated(int value) const {
    return !repeated_.empty() && repeated_[static_cast<std::size_t>(root(value))];
  }

  /// Only values computed from an input that is kept anyway, for the backward of the same step.
  void find_repeated() {
    if (!repeat_) return;
    std::vector<char> found(static_cast<std::size_t>(value_count_), 0);
    for (int value = 1; value < value_count_; ++value) {
      const int s = producer(value);
      const bool repeated = root(value) == value && step(s).op->repeats() && !step(s).relu &&
                            planned(s).runs_backward && planned(s).reads_x;
      found[static_cast<std::size_t>(value)] = repeated ? 1 : 0;
    }
    for (int value = 1; value < value_count_; ++value) {
      if (is_kept(value)) found[static_cast<std::size_t>(root(value))] = 0;
    }
    repeated_ = std::move(found);
  }

  /// A recomputed value lives from its first to its last use in backward: by a step that reads it, or to
  /// recompute another value.
  void place_repeated() {
    plan_.repeated.assign(static_cast<std::size_t>(value_count_), Plan::external);
    if (!repeat_) return;
    struct Need {
      int first = 0, last = -1;
      void at(int time) {
        first = last < 0 ? time : std::min(first, time);
        last = std::max(last, time);
      }
    };
    std::vector<Need> needs(static_cast<std::size_t>(value_count_));
    for (int value = 1; value < value_count_; ++value) {
      Need& need = needs[static_cast<std::size_t>(root(value))];
      const int s = producer(value);
      if (planned(s).runs_backward && planned(s).reads_y) need.at(backward_time(s));
      for (const int reader : consumers(value)) {
        if (planned(reader).runs_backward && planned(reader).reads_x) need.at(backward_time(reader));
      }
    }
    for (int value = value_count_ - 1; value > 0; --value) {
      const Need& need = needs[static_cast<std::size_t>(value)];
      if (root(value) != value || !repeated(value) || need.last < 0) continue;
      needs[static_cast<std::size_t>(root(step(producer(value)).inputs[0]))].at(need.first);
      std::vector<int>& order = planned(2 * step_count_ - 1 - need.first).repeats;
      order.insert(order.begin(), value);  // inputs follow later in this loop and belong before it
      const std::size_t life = add_life(bytes_of(shape(value), plan_.batch), need.first, need.last);
      for (int other = value; other < value_count_; ++other) {
        if (root(other) == value) assign(plan_.repeated[static_cast<std::size_t>(other)], life);
      }
    }
  }

  int last_read(int value) {
    if (is_kept(value)) return end_of_time();
    int last = producer(value);
    if (repeated(value)) {
      for (const int s : consumers(value)) last = std::max(last, s);
      return last;
    }
    if (last >= 0 && planned(last).runs_backward && planned(last).reads_y) last = backward_time(last);
    for (const int s : consumers(value)) {
      last = std::max(last, planned(s).runs_backward && planned(s).reads_x ? backward_time(s) : s);
    }
    return last;
  }

  /// Whether step s may overwrite its input: nothing reads that memory later, not even its own backward.
  bool may_overwrite(int s, const std::vector<int>& home) {
    if (step(s).inputs.size() != 1 || !needs(s).in_place) return false;
    const int place = home[static_cast<std::size_t>(step(s).inputs[0])];
    if (place == 0) return false;  // the caller owns the pictures
    for (int value = 0; value < value_count_; ++value) {
      if (home[static_cast<std::size_t>(value)] == place && producer(value) < s && last_read(value) > s)
        return false;
    }
    return true;
  }

  std::size_t add_life(std::uint64_t bytes, int first, int last) {
    lives_.push_back({bytes, first, last});
    return lives_.size() - 1;
  }
  void assign(std::uint64_t& target, std::size_t life) { targets_.emplace_back(&target, life); }

  void place_values() {
    std::vector<int> home(static_cast<std::size_t>(value_count_));  // the value whose memory it shares
    for (int value = 0; value < value_count_; ++value) home[static_cast<std::size_t>(value)] = value;
    for (int s = 0; s < step_count_; ++s) {
      const int home_of_input = home[static_cast<std::size_t>(step(s).inputs[0])];
      if (is_identity(s) || may_overwrite(s, home))
        home[static_cast<std::size_t>(step(s).output)] = home_of_input;
    }
    plan_.value.assign(static_cast<std::size_t>(value_count_), Plan::external);
    for (int place = 1; place < value_count_; ++place) {
      if (home[static_cast<std::size_t>(place)] != place) continue;
      int last = producer(place);
      for (int value = place; value < value_count_; ++value) {
        if (home[static_cast<std::size_t>(value)] == place) last = std::max(last, last_read(value));
      }
      const std::size_t life = add_life(bytes_of(shape(place), plan_.batch), producer(place), last);
      for (int value = place; value < value_count_; ++value) {
        if (home[static_cast<std::size_t>(value)] == place)
          assign(plan_.value[static_cast<std::size_t>(value)], life);
      }
    }
  }

  void place_gradients() {
    plan_.gradient.assign(static_cast<std::size_t>(value_count_), Plan::external);
    std::vector<std::size_t> life(static_cast<std::size_t>(value_count_), 0);
    std::vector<char> has_life(static_cast<std::size_t>(value_count_), 0);
    const auto give = [&](int value, std::size_t index) {
      life[static_cast<std::size_t>(value)] = index;
      has_life[static_cast<std::size_t>(value)] = 1;
      lives_[index].last =
          std::max(lives_[index].last,
                   keep_ == Keep::everything ? end_of_time() : backward_time(std::max(0, producer(value))));
      assign(plan_.gradient[static_cast<std::size_t>(value)], index);
    };
    const auto fresh = [&](int value, int time) {
      give(value, add_life(bytes_of(shape(value), plan_.batch), time, time));
    };
    fresh(graph_.logits_value, step_count_);
    for (int s = step_count_ - 1; s >= 0; --s) {
      if (!planned(s).runs_backward) continue;
      for (std::size_t i = 0; i < step(s).inputs.size(); ++i) {
        const int input = step(s).inputs[i];
        if (!wants_gradient(input)) continue;
        const bool alone = consumers(input).size() == 1;
        const bool shares = is_identity(s) || (needs(s).in_place && keep_ != Keep::everything);
        if (has_life[static_cast<std::size_t>(input)]) {
          const int now = backward_time(s);
          assign(planned(s).second_gradient[i], add_life(bytes_of(shape(input), plan_.batch), now, now));
        } else if (alone && shares) {
          give(input, life[static_cast<std::size_t>(step(s).output)]);
        } else {
          fresh(input, backward_time(s));
        }
      }
    }
  }

  void place_step_arrays(int s) {
    const Needs wanted = needs(s);
    const auto add = [&](std::uint64_t& target, std::uint64_t bytes, int first, int last) {
      if (bytes > 0) assign(target, add_life(bytes, first, last));
    };
    add(planned(s).forward_scratch, wanted.forward_scratch_floats * sizeof(float), s, s);
    if (keep_ == Keep::nothing) return;
    // Saved even if no backward reads it, so that layers need not ask.
    add(planned(s).saved, wanted.saved_bytes, s, planned(s).runs_backward ? backward_time(s) : s);
    if (!planned(s).runs_backward) return;
    add(planned(s).backward_scratch, wanted.backward_scratch_floats * sizeof(float), backward_time(s),
        backward_time(s));
  }

  const Model::Graph& graph_;
  const Keep keep_;
  const bool repeat_;
  std::vector<char> repeated_;  // by value
  int step_count_ = 0, value_count_ = 0;
  Plan plan_;
  std::vector<LifeSpan> lives_;
  // Offsets to set, and the index in lives_ of each.
  std::vector<std::pair<std::uint64_t*, std::size_t>> targets_;
};

}  // namespace

Result<void> Model::Graph::make_plan(Keep keep, int max_batch) {
  Plan plan = Planner(*this, keep, max_batch, false).make();
  const bool repeat = plan.bytes > limits.repeat_above_bytes;
  if (repeat) plan = Planner(*this, keep, max_batch, true).make();
  if (plan.bytes > limits.max_memory_bytes) {
    const std::uint64_t one = std::max<std::uint64_t>(1, Planner(*this, keep, 1, repeat).make().bytes);
    const std::uint64_t fits = limits.max_memory_bytes / one;
    return Error{"out_of_memory",
                 "a batch of " + std::to_string(max_batch) + " needs " + std::to_string(plan.bytes >> 20) +
                     " MB of memory; the limit is " + std::to_string(limits.max_memory_bytes >> 20) +
                     " MB. Use a batch of at most " + std::to_string(fits) + " or a smaller model"};
  }
  batch = 0;  // the new plan invalidates the results of the last forward
  if (plan.bytes > arena.size()) {
    if (!arena.resize(static_cast<std::size_t>(plan.bytes))) {
      plans = {};
      return Error{"out_of_memory", "there is no memory for a batch of " + std::to_string(max_batch) + " (" +
                                        std::to_string(plan.bytes >> 20) +
                                        " MB); use a smaller batch or a smaller model"};
    }
  }
  plans[static_cast<std::size_t>(keep)] = std::move(plan);
  return {};
}

}  // namespace cnn
