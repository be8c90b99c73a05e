// clang-format off
// The messages between the page, the trainer worker and the app. This table is the contract: the dispatcher's keys
// (web/trainer), the page's calls (shell/site), the app (web/app) and the tests follow it.
//
// A message is a JSON header and binary payloads. In JavaScript: {id, type, args, payloads: ArrayBuffer[]}.
//   request  {id, type, args, payloads}
//   reply    {id, args, payloads}   or   {id, error: {code, message}}      every request gets exactly one
//   event    {type, args, payloads}                                        no id
// Payloads between page and worker are transferred: the sender's are empty afterwards. `code` is for programs and never
// changes, `message` is for people. A message that does not fit this table is answered with `bad_message`.
//
// Error codes: bad_argument bad_config bad_data bad_message bad_model_file busy cancelled diverged no_data no_model
// no_training out_of_memory; of the page alone also worker_gone, storage_full, network and others.
//
// A data set or model in use is never replaced. A training keeps the data set it began with, running or paused: another
// one that is loaded meanwhile is answered with waits: true, and becomes the data set when the training ends (`dataset`,
// before fit's reply). Jobs (evaluate, predictions, inspect, ...) hold their data set and their model; where these are
// replaced, they end as `cancelled`. Threads belong to the session: a request limits how many of them take part.
//
// Pictures are uint8 RGB [n, 32, 32, 3], probabilities float32 [n, classes], little-endian. Indices count from 0,
// epochs from 1. "split" is "train" or "test".
//
// 1. Requests to the trainer worker
//   type         args                                    payloads   reply args (payloads)
//   hello        threads?: at most that many take part   -          backend {simd, relaxed_simd, threads, isolated, variant,
//                                                                    kernel_set, kernel_sets[]}, layer_types[], optimizers[],
//                                                                    schedules[], losses[], augmentations[],
//                                                                    presets [{name, title, help, fit}], fit_fields[],
//                                                                    group_fields[] (of fit's parameter_groups)
//                a type is {class_name, help, group?, fields: [{name, type, default, min?, max?, step?, choices?, optional, help}]},
//                type one of int float bool string choice size2
//   measure      preset                                  -          {trained_per_second, evaluated_per_second, threads}: two
//                                                                    seconds of work on sample pictures; the model stays
//   load_sample  seed?, train?, test?                    -          dataset, waits?: as load_end
//   load_begin   source {kind, name, url?}, class_names?, limit?  - {load: its number}; ends a load in progress
//                starts a load from bytes: files of CIFAR-10 records or the archive, recognized by content
//   load_chunk   file, end?, split?, crc32?, load?       bytes      {train, test: records so far; files: complete files;
//                                                                    full: limit is reached; may_join: enough to start
//                                                                    training on, by load_join}
//                the next bytes of that file; end: it is complete. Without split, the file's name decides ("test_batch.bin",
//                or a path with "test" in it); crc32: the expected checksum of the bytes
//                load: the number from load_begin; a message of a replaced load is `cancelled` and changes
//                nothing. The same holds for the four below
//   load_images  split                                   pictures,  as load_chunk
//                                                        labels u8   decoded pictures instead of files
//   load_join    -                                       -          dataset: the pictures so far become the data set now; later
//                                                                    chunks take effect at the next epoch of a training, and
//                                                                    not in jobs that have begun. During a training on
//                                                                    another data set {waits: true}: nothing happened; the
//                                                                    load goes on, and a later load_join may succeed
//   load_end     -                                       -          dataset, as it was loaded. waits: true: a training works on
//                                                                    another data set, or on this one while its batches
//                                                                    arrived in another order than that of their names; it
//                                                                    becomes the data set, in order, when the training ends
//                                                                    (event dataset). Of several that wait the last counts
//   load_abort   -                                       -          {}: the previous data set stays
//   dataset      -                                       -          {source, label, synthetic, class_names[],
//                                                                    train {count, per_class[], mean[3], std[3]}, test {...}}
//   pictures     split, indices[] or offset, count, label?  -       {total, indices[], labels[]} (pictures)
//   augmented    split, index, count?, seed?, step?,     -          {index, label, layers[]} (the picture, then count draws of it):
//                augmentation? [layers as in fit]                    what a training sees at count places of the batch at step
//   records      split, offset, count                    -          {total, crc32} (CIFAR-10 records: label, then [3, 32, 32])
//   build        preset or config, seed?                 -          {config, name, input_shape, input_range, input_text,
//                                                                    classes, summary}; new weights
//                input_range: "0..1" or "0..255", the pixels that the first layer takes; beside class_name in config where the
//                first layers do not tell it. input_text: the same for people: "takes pixels 0 to 255, scaled by its first layer"
//   summary      -                                       -          {text, rows [{name, class_name, output_shape[],
//                                                                    parameters, trainable, ...}], total, trainable,
//                                                                    non_trainable}
//   check        config                                  -          as build, without touching the model; error bad_config
//   fit          the fields of fit_fields: epochs,       -          {history [rows], stopped: finished | stopped |
//                batch_size, optimizer, learning_rate,               early_stopping}, when training ends
//                seed, threads, shuffle, validate, ...               errors no_data no_model bad_argument diverged cancelled busy
//                paused?: start paused. continue?: continue the training that ended last, or that of an imported
//                checkpoint, with its options except those given here, and with the learning rate last in effect (by set or
//                a callback) unless learning_rate is given; epochs is the total, including those already
//                trained. Optimizer and random numbers continue, so that the result is bit-identical to one training
//   schedule     the fields of fit_fields                 -          {points [[epoch, learning rate], ...]}: the rates of such a fit
//   pause        -                                       -          {} at once; no step follows
//   resume       -                                       -          {}
//   step         -                                       -          {} after one more mini-batch, then paused. A pause, resume
//                                                                    or end of the training that comes first answers it, too
//   stop         -                                       -          {}; fit is answered with the history so far
//   set          learning_rate?, batch_size?             -          {} from the next batch on
//   profile      reset?                                  -          {images, seconds, threads, kernel_set, rows [{name,
//                                                                    class_name, forward, backward, update: {microseconds,
//                                                                    operations, share}}]}: time per image in the training
//                                                                    steps since the start or the last reset. The last row,
//                                                                    "optimizer", is the optimizer's own
//   cancel       id                                      -          none; the call with that id ends after its step
//   evaluate     split?                                  -          {loss, accuracy, confusion_matrix [[...]], per_class
//                                                                    [{name, precision, recall, f1, support}], macro,
//                                                                    epoch, step, split}; rows true, columns predicted
//   predict      -                                       pictures   {n, classes} (probabilities)
//   predictions  split, sort index | confidence | loss,  -          {total, items [{index, label, predicted}], calibration
//                                                                    [[certainty, share right, count], ...] of all, epoch}
//                mistakes?, actual?, predicted?,                     (pictures, probabilities)
//                offset, count
//                during a training: of the test pictures, from the last validation; no items and epoch 0 before the first
//   inspect      what, image, layer, ...: table 1b       picture?   what, arrays [{name, type float32 | uint8, shape}], ...
//                                                                   (one payload for each of arrays)
//   export       format: tfjs onnx safetensors           -          {files: [names]} (one payload each)
//                checkpoint
//   import       files: [names], crc32? of the first     one each   as build, and history, fit, can_continue
//   input_range  range: "0..1" | "0..255"                -          as import: the same weights and training, given other pixels;
//                                                                    of a model that was just built, as build
//
// 1b. The kinds of inspect (what; by default maps), with the present weights, in any state. `layer` is a name or an index
// in the configuration's list; `image` is {split, index}, or the picture is the payload, RGB [32, 32, 3]. Replies about a
// picture also have predicted, probabilities[] and, for a picture of the data set, label. `class` is by default the
// predicted one. Maps are [height, width, channels]; the output of a dense layer has one size.
//   what         args                                    reply args; arrays
//   layers       -                                       layers [{index, name, class_name, shape[], inputs[],
//                                                         has_activation, has_filters, rule, receptive_field {size[2],
//                                                         jump[2], start[2], whole}}], grad_cam_layer: index or null
//                rule: how a number is computed from its window: weights largest mean sum, or own: not from a window
//   maps         image, layer                            layer; after and, if there is an activation function, before it
//   filters      layer                                   layer; filters [height, width, channels, filters]
//   unit         image, layer, row, column, channel      input (a layer's name), rule, window {top, left, height, width} in
//                                                         its map (padding outside), first_channel, receptive_field
//                                                         {top, ...} in the picture, channel_sums[], bias or null, before,
//                                                         after (computed by hand), output (the layer's own); values [h, w, c], and for
//                                                         rule weights: weights, products
//   grad_cam     image, layer?, class?                   layer, class; map [height, width]
//   saliency     image, class?                           class; map [32, 32], gradient [32, 32, 3]
// These take a while; a training continues beside them with half the time. They use the weights of their start. cancel
// ends them, `inspecting` reports their progress:
//   occlusion    image, class?, size?, stride?           class, size, stride; map: the class's probability with a gray square
//                                                         over each place [ceil(32 / stride), ...]
//   top          layer, channel, split?, count?          items [{index, label, value, row, column, receptive_field}]; pictures
//                                                         uint8 [n, 32, 32, 3]: the strongest inputs of that channel
//   pca          split?, count?                          layer, shares[2] of the variance, indices[], labels[], predicted[];
//                                                         points [n, 2], pictures uint8 [n, 32, 32, 3]
// Answered at once, from the first training pictures:
//   histograms   -                                       samples [{epoch, step, layers [{index, name, weights, gradients,
//                                                         activations, dead: share or null}]}], a histogram {low, high, mean,
//                                                         deviation, counts[]} or null; the first from before the first step,
//                                                         the last of the present weights, 64 at most
//
// 2. Events
//   step         epoch, epochs, step, steps_per_epoch, loss, accuracy, images_per_second, eta_seconds, learning_rate,
//                global_step, points [[global_step, loss, accuracy], ...]
//                norms? [[layer, length of its weights, length of their gradient], ...]
//                at most ten a second; points has every step since the last event, averaged to at most 64. norms are of the
//                event's own step, before its update, at most four times a second
//   checkpoint   epoch, epochs, name, crc32              (safetensors) for import and fit {continue: true}: after every
//                epoch, but at most every two seconds, and when training ends other than by diverging
//   run          a training begins, with these options (as fit accepted them); history, global_step: of the epochs
//                and steps already made, if it continues
//   epoch        a history row: epoch, loss, accuracy, val_loss?, val_accuracy?, learning_rate, seconds,
//                images_per_second. Never dropped
//   evaluation   as evaluate's reply, after each validated epoch
//   inspecting   what: occlusion | top | pca; share: of its work. At most ten a second
//   state        state: empty | loading | ready | training | validating | paused | evaluating; epoch
//                empty: no data or no model
//   dataset      as the reply, whenever the data set changed
//   model        as build's reply, whenever the model changed
//   From the page only, to scripts and the app:
//   load_waits     label: loaded during a training, and used when it ends
//   load_progress  source, file, received, total?, bytes_per_second, seconds_left?, records, done
//   kept           state: saving | kept | failed | cancelled; label, message: keeping the data set in the browser
//   failure        code, message: something that no caller awaited failed (dropped files, the first data set)
//   picture        name, width, height, live (RGB [height, width, 3], sides up to 512): a picture of the user's own: chosen,
//                  pasted, dropped, or a frame of the camera (live)
//   camera         on: false; the camera was switched off
//   trainer_gone   code: worker_gone | out_of_memory; message: the worker ended and a new one is starting; data and model
//                  must be loaded again
//   trainer_ready  as hello's reply
//
// 3. The app (app.js, app.wasm on the page's thread)
// The page instantiates the module with {canvas, send, hash: the link to begin with, onAbort}; it sets `started` at the end
// of main(). The page passes it every event and the reply to every request it sent.
// Requests of the app have the app's own ids, which its cancel refers to. Those of table 1 go to the trainer; the page handles
// these itself:
//   load         source: cifar10 | sample | huggingface | kept | a URL; limit?      dataset
//   load_cancel  -                                                                  {}
//   choose_files kind: data | folder | model; opens the browser's file dialog     dataset, or import's reply
//   picture      from: file | clipboard | camera | nothing; the camera runs until the next such request   {}
//   sources      -           {beside_page, kept: null or {label, bytes, saved}, huggingface: URL, sample: true}
//   forget       -           {}: deletes the data set kept in the browser
//   download     format      {files}: export, saved through the browser; several files as one zip
//   load_model   name        import's reply: one of this project's models, from models/ beside the page
//   show_text    -           {}: opens the text version of the page, to select and copy from
//   save_text    name, text  {}: a file saved through the browser (CSV of the history and the like)
//   share        hash        {url}: puts the configuration in the address bar and the link on the clipboard
//   show_notices -           {}: opens the licenses of the page and its parts in a new tab
// Exported by the app, called by the page (names without Emscripten's underscore):
//   void app_receive(const char* json, int json_size, const Payload* payloads, int payload_count)
//       a reply or an event; all memory belongs to the caller, which frees it afterwards
//   bool app_widget_rect(const char* name, float* rectangle)
//       for tests and the screen-reader mirror: left, top, width, height in CSS pixels from the canvas's corner of a widget
//       drawn in the last frame; false: not on the screen. Names: "train", "pause", "step", "stop", "reset", "tab/curves", ...
//   const char* app_widget_text(const char* name)
//       for tests: the text of that widget
//   char* app_chapters()
//       the Learn tab's text and experiments as JSON, for the text version of the page; works before main; the caller frees it
//   void app_open_link(const char* hash)
//       applies a link, as a chapter's button does
//   void app_stop()
//       the page discards this failed instance: no events, no frames, no messages any more
// Imported by the app, defined in web/app through EM_JS; the module object brings `send` along:
//   void page_send(const char* json, int json_size, const Payload* payloads, int payload_count)
//       -> Module.send({id, type, args, payloads})
// The worker's module has the same pair, trainer_receive and page_send, and
//   int trainer_run(double milliseconds)   works for about that long; 1: there is more to do, 0: wait for a message
// clang-format on
#pragma once

#include <cstdint>

namespace playground {

/// A payload between JavaScript and a module. In WebAssembly an array of these has eight bytes per entry.
struct Payload {
  const std::uint8_t* data;
  std::uint32_t size;
};

}  // namespace playground
