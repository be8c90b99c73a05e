#pragma once
/// The data set the trainer holds: loading it in pieces, describing it, sending its pictures.

#include <memory>
#include <string>

#include "core/datasets/cifar10.h"
#include "core/datasets/dataset.h"
#include "web/trainer/message.h"

namespace playground::trainer {

using cnn::Split;

/// While a data set is loading, the previous one stays in use, unless load_join() makes the pictures so far
/// the data set, so that training can start. train() and test() always return the same objects; their content
/// grows or is replaced.
class DataStore {
 public:
  DataStore();
  ~DataStore();

  cnn::Result<Reply> load_sample(const Request&);
  cnn::Result<Reply> load_begin(const Request&);
  cnn::Result<Reply> load_chunk(const Request&);
  cnn::Result<Reply> load_images(const Request&);
  cnn::Result<void> load_join(const Request&);
  cnn::Result<void> load_end(const Request&);
  void load_abort(const Request&);

  cnn::Result<Reply> pictures(const Request&) const;
  cnn::Result<Reply> records(const Request&) const;

  /// The `dataset` reply.
  cnn::Json describe() const;
  bool empty() const { return train().size() == 0 && test().size() == 0; }
  bool loading() const { return loading_ != nullptr; }
  const cnn::Dataset& train() const { return data_.train; }
  const cnn::Dataset& test() const { return data_.test; }
  const cnn::Dataset& split(Split which) const { return data_.of(which); }
  /// Grows whenever the data set is replaced or grows.
  int version() const { return version_; }

 private:
  struct Loading;
  /// The load a request belongs to; an error if that is not the current one.
  cnn::Result<Loading*> current_load(const Request&) const;
  void drop_load();
  cnn::DatasetPair& target(Loading&);
  bool full(Loading&);
  Reply counts(Loading&);

  cnn::DatasetPair data_;
  cnn::Json source_ = cnn::Json::object();
  std::unique_ptr<Loading> loading_;
  int version_ = 0, load_number_ = 0;
};

/// Appends picture i as messages hold it: [32, 32, 3].
void append_interleaved(const cnn::Dataset& data, std::size_t i, Buffer& to);

cnn::Result<Split> split_argument(Args& args, std::string fallback);

}  // namespace playground::trainer
