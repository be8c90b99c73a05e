// The data set the trainer holds: loaded in pieces, described, looked at.
#pragma once

#include <memory>
#include <string>

#include "core/datasets/cifar10.h"
#include "core/datasets/dataset.h"
#include "web/trainer/message.h"

namespace playground {

enum class Split { train, test };

/// While a data set is being loaded the one from before stays in use, unless join() lets training start on what is there.
/// The address of pair() never changes, its contents do; version() tells when.
class DataStore {
 public:
  cnn::Result<Reply> load_sample(const Request&);
  cnn::Result<Reply> load_begin(const Request&);
  cnn::Result<Reply> load_chunk(const Request&);
  cnn::Result<Reply> load_images(const Request&);
  cnn::Result<void> load_join();
  cnn::Result<void> load_end();
  void load_abort();

  cnn::Result<Reply> pictures(const Request&) const;
  cnn::Result<Reply> records(const Request&) const;

  /// What pair() holds, as the `dataset` reply.
  cnn::Json describe() const;
  bool empty() const { return train().size() == 0 && test().size() == 0; }
  bool loading() const { return loading_ != nullptr; }
  const cnn::Dataset& train() const { return pair().train; }
  const cnn::Dataset& test() const { return pair().test; }
  const cnn::Dataset& split(Split which) const { return which == Split::train ? train() : test(); }
  /// Grows whenever another data set, or more of the same, is in use.
  int version() const { return version_; }

 private:
  struct Loading;
  const cnn::DatasetPair& pair() const;
  cnn::Result<Loading*> current_load(std::string_view type) const;
  Reply counts(const Loading&) const;

  cnn::DatasetPair data_;
  cnn::Json source_ = cnn::Json::object();
  std::unique_ptr<Loading> loading_;
  int version_ = 0;
};

cnn::Result<Split> split_argument(Args& args, std::string fallback);

}  // namespace playground
