#pragma once
/// The data set the trainer holds: loading it in pieces, describing it, sending its pictures.

#include <memory>
#include <string>

#include "core/datasets/cifar10.h"
#include "core/datasets/dataset.h"
#include "web/trainer/message.h"

namespace playground::trainer {

using cnn::Split;

/// A data set, shared by all that work on it. After its load has joined or ended, it can only grow, at its
/// end, until that load is complete; another data set is another object.
struct HeldData {
  cnn::DatasetPair pictures;
  cnn::Json source = cnn::Json::object();
  cnn::Json report;  ///< how the load interpreted its files, from load_end; null if not given
  bool growing = false;
  int version = 0;                  ///< unique to this data set; changes when pictures are added or reordered
  mutable std::string fingerprint;  ///< of the version below; computed when it is first needed
  mutable int fingerprint_version = -1;

  const cnn::Dataset& split(Split which) const { return pictures.of(which); }
};
using SharedData = std::shared_ptr<const HeldData>;

/// What a request did to the data set in use.
enum class DataChange {
  none,
  grown,     ///< the same pictures, and perhaps more; or no more will come
  replaced,  ///< another data set, or another order of the pictures
  waits,     ///< it takes effect when the training on the current data set ends
};

/// Requests for it come when the table's conditions hold: those on a load while it is in progress.
/// While a data set is loading, the previous one stays in use, unless load_join() makes the pictures so far
/// the data set, so that training can start. A job works on the data set it began with, through share(). A
/// training leases it: while the lease lives, the data set in use is not replaced. What is loaded meanwhile
/// waits until adopt().
class DataStore {
 public:
  DataStore();
  ~DataStore();

  cnn::Result<DataChange> load_sample(const Request&);
  cnn::Result<Reply> load_begin(const Request&);
  cnn::Result<Reply> load_chunk(const Request&);
  cnn::Result<Reply> load_images(const Request&);
  cnn::Result<DataChange> load_join();
  cnn::Result<DataChange> load_end(const Request&);
  void load_abort(const Request&);

  SharedData share() const { return data_; }
  SharedData lease();
  /// What waited takes effect; to be called when the lease has ended.
  DataChange adopt();

  cnn::Result<Reply> pictures(const Request&) const;
  Reply records(const Request&) const;

  /// What tells a data set from others: its label, source and, if it is complete, fingerprint.
  static cnn::Json identity(const HeldData&);
  /// The `dataset` reply.
  cnn::Json describe() const { return describe(*data_); }
  /// The reply for the waiting data set, else for the current one.
  cnn::Json describe_loaded() const { return describe(waiting_ ? *waiting_ : *data_); }
  bool empty() const { return train().size() == 0 && test().size() == 0; }
  bool loading() const { return loading_ != nullptr; }
  /// The request names no load, or the newest one.
  bool is_newest_load(const Args& args) const { return args.integer("load", load_number_) == load_number_; }
  const cnn::Dataset& train() const { return data_->pictures.train; }
  const cnn::Dataset& test() const { return data_->pictures.test; }
  const cnn::Dataset& split(Split which) const { return data_->split(which); }
  /// Changes whenever the data set is replaced or grows.
  int version() const { return data_->version; }

 private:
  struct Loading;
  void drop_load();
  void grown();
  DataChange use(std::shared_ptr<HeldData> loaded);
  bool full(Loading&);
  Reply counts(Loading&);
  static cnn::Json describe(const HeldData&);

  std::shared_ptr<HeldData> data_ = std::make_shared<HeldData>();
  std::weak_ptr<const HeldData> lease_;  // of data_
  std::shared_ptr<HeldData> waiting_;    // replaces data_ when the lease has ended
  int waiting_load_ = 0;                 // the number of the load it came from
  std::unique_ptr<Loading> unsorted_;    // the complete load of data_, whose records wait for their order
  std::unique_ptr<Loading> loading_;
  int last_version_ = 0, load_number_ = 0;
};

/// Appends picture i as messages hold it: [32, 32, 3].
void append_interleaved(const cnn::Dataset& data, std::size_t i, Buffer& to);

/// The argument `split`.
Split split_argument(const Args& args);

}  // namespace playground::trainer
