// clang-format off
// What the page, the trainer worker and the app say to each other. This table is the contract: the dispatcher's keys
// (web/trainer), the page's calls (shell/site), the app (web/app) and the tests follow it.
//
// A message is a JSON header and binary payloads. In JavaScript: {id, type, args, payloads: ArrayBuffer[]}.
//   request  {id, type, args, payloads}
//   reply    {id, args, payloads}   or   {id, error: {code, message}}      every request gets exactly one
//   event    {type, args, payloads}                                        no id
// Payloads between page and worker are transferred: the sender's are empty afterwards. `code` is for programs and never
// changes, `message` is for people. A message that does not fit this table is answered with `bad_message`.
//
// Pictures are uint8 RGB [n, 32, 32, 3], probabilities float32 [n, classes], little-endian. Indices count from 0,
// epochs from 1. "split" is "train" or "test".
//
// 1. Requests to the trainer worker
//   type         args                                    payloads   reply args (payloads)
//   hello        threads?                                -          backend {simd, relaxed_simd, threads, isolated, variant,
//                                                                    kernel_set, kernel_sets[]}, layer_types[], optimizers[],
//                                                                    schedules[], losses[], augmentations[],
//                                                                    presets [{name, title, help, fit}], fit_fields[],
//                                                                    group_fields[] (of fit's parameter_groups)
//                a type is {class_name, help, group?, fields: [{name, type, default, min?, max?, step?, choices?, optional, help}]},
//                type one of int float bool string choice size2
//   measure      preset                                  -          {trained_per_second, evaluated_per_second, threads}: two
//                                                                    seconds of work on drawn pictures, the model untouched
//   load_sample  seed?, train?, test?                    -          dataset
//   load_begin   source {kind, name, url?}, class_names?, limit?  - {load: its number}; ends a load that is under way
//                starts a data set of bytes: files of CIFAR-10 records or the archive, told apart by content
//   load_chunk   file, end?, split?, crc32?, load?       bytes      {train, test: records so far; files: complete files;
//                                                                    full: as many as limit asks for; may_join: enough
//                                                                    to begin training on, by load_join}
//                the next bytes of that file; end: it is complete. A file decides its split by its name ("test_batch.bin",
//                or a path with "test" in it), unless split says so; crc32: what the bytes must have
//                load: the number of load_begin; what belongs to a load that was replaced is `cancelled` and changes
//                nothing. The same for the four below
//   load_images  split                                   pictures,  as load_chunk
//                                                        labels u8   decoded pictures instead of files
//   load_join    -                                       -          dataset: what is there becomes the data set now, and grows
//                                                                    with later chunks at the next epoch's start
//   load_end     -                                       -          dataset
//   load_abort   -                                       -          {}: the data set from before stays
//   dataset      -                                       -          {source, label, synthetic, class_names[],
//                                                                    train {count, per_class[], mean[3], std[3]}, test {...}}
//   pictures     split, indices[] or offset, count, label?  -       {total, indices[], labels[]} (pictures)
//   augmented    split, index, count?, seed?, step?,     -          {index, label, layers[]} (the picture, then count draws of it):
//                augmentation? [layers as in fit]                    what a training sees in count places of the batch at step
//   records      split, offset, count                    -          {total, crc32} (CIFAR-10 records: label, then [3, 32, 32])
//   build        preset or config, seed?                 -          {config, name, input_shape, classes, summary}; new weights
//   summary      -                                       -          {text, rows [{name, class_name, output_shape[],
//                                                                    parameters, trainable, ...}], total, trainable,
//                                                                    non_trainable}
//   check        config                                  -          as build, without touching the model; error bad_config
//   fit          the fields of fit_fields: epochs,       -          {history [rows], stopped: finished | stopped |
//                batch_size, optimizer, learning_rate,               early_stopping}, when training ends
//                seed, threads, shuffle, validate, ...               errors no_data no_model bad_argument diverged cancelled busy
//                paused?: stand still before the first step. continue?: go on with the training that ended last, or that
//                of an imported checkpoint, with its options, those given here changed: epochs counts all, those that were
//                trained included. Optimizer and random numbers go on as if nothing had ended
//   schedule     the fields of fit_fields                 -          {points [[epoch, learning rate], ...]}: what fit would do
//   pause        -                                       -          {} after the running step
//   resume       -                                       -          {}
//   step         -                                       -          {} after one more mini-batch, then paused
//   stop         -                                       -          {}; fit resolves with what there is
//   set          learning_rate?, batch_size?             -          {} from the next batch on
//   profile      reset?                                  -          {images, seconds, threads, kernel_set, rows [{name,
//                                                                    class_name, forward, backward, update: {microseconds,
//                                                                    operations, share}}]}: where the time of the training
//                                                                    steps since its begin, or the last reset, went; of an
//                                                                    image. One row for the optimizer, named so, is last
//   cancel       id                                      -          none; the call with that id ends after its step
//   evaluate     split?                                  -          {loss, accuracy, confusion_matrix [[...]], per_class
//                                                                    [{name, precision, recall, f1, support}], macro,
//                                                                    epoch, step, split}; rows true, columns predicted
//   predict      -                                       pictures   {n, classes} (probabilities)
//   predictions  split, sort index | confidence | loss,  -          {total, items [{index, label, predicted}], calibration
//                                                                    [[certainty, share right, count], ...] of all, epoch}
//                mistakes?, actual?, predicted?,                     (pictures, probabilities)
//                offset, count
//                while it trains: of the test pictures, as the last validation saw them; none and epoch 0 before the first
//   inspect      what, image, layer, ...: table 1b       picture?   what, arrays [{name, type float32 | uint8, shape}], ...
//                                                                   (one payload for each of arrays)
//   export       format: tfjs onnx safetensors           -          {files: [names]} (one payload each)
//                checkpoint
//   import       files: [names], crc32? of the first     one each   as build, and history, fit, can_continue
//
// 1b. What inspect tells (what: maps where it is left out), of the weights as they are, in any state. `layer` is a
// name or an index in the configuration's list; `image` is {split, index}, or the picture itself comes as payload, RGB
// [32, 32, 3]. Replies about a picture also have predicted, probabilities[] and, of a data set's, label. `class` is
// predicted where it is left out. Maps are [height, width, channels]; a row of units has one size.
//   what         args                                    reply args; arrays
//   layers       -                                       layers [{index, name, class_name, shape[], inputs[],
//                                                         has_activation, has_filters, rule, receptive_field {size[2],
//                                                         jump[2], start[2], whole}}], grad_cam_layer: index or null
//                rule: how a number comes from its window: weights largest mean sum, or own: not from a window
//   maps         image, layer                            layer; after, and before the activation function where there is one
//   filters      layer                                   layer; filters [height, width, channels, filters]
//   unit         image, layer, row, column, channel      input (a layer's name), rule, window {top, left, height, width} in
//                                                         its map (padding outside), first_channel, receptive_field
//                                                         {top, ...} in the picture, channel_sums[], bias or null, before,
//                                                         after (by hand), output (the layer's own); values [h, w, c], and for
//                                                         rule weights: weights, products
//   grad_cam     image, layer?, class?                   layer, class; map [height, width]
//   saliency     image, class?                           class; map [32, 32], gradient [32, 32, 3]
// These take a while, beside a training that goes on with half the time; they are about the weights of their
// beginning. cancel ends them, `inspecting` tells how far they are:
//   occlusion    image, class?, size?, stride?           class, size, stride; map: the class's probability with a gray square
//                                                         over each place [ceil(32 / stride), ...]
//   top          layer, channel, split?, count?          items [{index, label, value, row, column, receptive_field}]; pictures
//                                                         uint8 [n, 32, 32, 3]: what excites that channel most
//   pca          split?, count?                          layer, shares[2] of the variance, indices[], labels[], predicted[];
//                                                         points [n, 2], pictures uint8 [n, 32, 32, 3]
// At once again, of the first training pictures:
//   histograms   -                                       samples [{epoch, step, layers [{index, name, weights, gradients,
//                                                         activations, dead: share or null}]}], a histogram {low, high, mean,
//                                                         deviation, counts[]} or null; the first before the first step, the
//                                                         last as it is now, 64 at most
//
// 2. Events
//   step         epoch, epochs, step, steps_per_epoch, loss, accuracy, images_per_second, eta_seconds, learning_rate,
//                global_step, points [[global_step, loss, accuracy], ...]
//                norms? [[layer, length of its weights, length of their gradient], ...]
//                at most ten a second; points holds every step since the last event, thinned to 64. norms are of the
//                event's own step, before its update, at most four times a second
//   checkpoint   epoch, epochs, name, crc32              (safetensors) what import and fit {continue: true} go on from:
//                after every epoch, or every two seconds where epochs are shorter, and when training ends
//   run          a training begins, with these options (as fit took them); history, global_step: what a continued one
//                has behind it
//   epoch        a history row: epoch, loss, accuracy, val_loss?, val_accuracy?, learning_rate, seconds,
//                images_per_second. Never dropped
//   evaluation   as evaluate's reply, after each validated epoch
//   inspecting   what: occlusion | top | pca; share: of its work. At most ten a second
//   state        state: empty | loading | ready | training | validating | paused | evaluating; epoch
//                empty: no data or no model
//   dataset      as the reply, whenever the data set changed
//   model        as build's reply, whenever the model changed
//   From the page only, to scripts and the app:
//   load_progress  source, file, received, total?, bytes_per_second, seconds_left?, records, done
//   kept           state: saving | kept | failed | cancelled; label, message: the data set on its way into the browser
//   failure        code, message: something nobody awaited went wrong (dropped files, the first data set)
//   picture        name, width, height, live (RGB [height, width, 3], sides up to 512): a picture of the user's own: chosen,
//                  pasted, dropped, or a frame of the camera (live)
//   camera         on: false; the camera was switched off
//   trainer_gone   code: worker_gone | out_of_memory; message: the worker ended and a new one is being started; data and model
//                  must be loaded again
//   trainer_ready  as hello's reply
//
// 3. The app (app.js, app.wasm on the page's thread)
// The page instantiates the module with {canvas, send}, and gives it every event, and the reply to every request it sent.
// Requests of the app have the app's own ids, which its cancel names. Those of table 1 go to the trainer; these the page carries
// out itself:
//   load         source: cifar10 | sample | huggingface | kept | a URL; limit?      dataset
//   load_cancel  -                                                                  {}
//   choose_files kind: data | folder | model; opens the browser's file dialog     dataset, or import's reply
//   picture      from: file | clipboard | camera | nothing; the camera runs until another is asked for   {}
//   sources      -           {beside_page, kept: null or {label, bytes, saved}, huggingface: URL, sample: true}
//   forget       -           {}: deletes what is kept in the browser
//   download     format      {files}: export, saved through the browser; several files as one zip
//   load_model   name        import's reply: a model of our own, from models/ beside the page
//   show_text    -           {}: brings the page in words to the front, to select and copy from
//   save_text    name, text  {}: a file saved through the browser (CSV of the history and the like)
//   share        hash        {url}: puts the configuration in the address bar and the link on the clipboard
//   show_notices -           {}: opens the licenses of what the page is made of, in a new tab
// Exported by the app, called by the page (names without Emscripten's underscore):
//   void app_receive(const char* json, int json_size, const Payload* payloads, int payload_count)
//       a reply or an event; all memory belongs to the caller and is free again afterwards
//   bool app_widget_rect(const char* name, float* rectangle)
//       for tests and the screen-reader mirror: left, top, width, height in CSS pixels from the canvas's corner of a widget
//       drawn in the last frame; false: not on screen. Names: "train", "pause", "step", "stop", "reset", "tab/curves", ...
//   const char* app_widget_text(const char* name)
//       for tests: what is written there
//   char* app_chapters()
//       the Learn tab's text and experiments as JSON, for the page in words; works before main; the caller frees it
//   void app_open_link(const char* hash)
//       sets up what a link holds, as a chapter's button does
// Imported by the app, defined in web/app through EM_JS; the module object brings `send` along:
//   void page_send(const char* json, int json_size, const Payload* payloads, int payload_count)
//       -> Module.send({id, type, args, payloads})
// The worker's module has the same pair, trainer_receive and page_send, and
//   int trainer_run(double milliseconds)   works on for about that long; 1: there is more to do, 0: wait for a message
// clang-format on
#pragma once

#include <cstdint>

namespace playground {

/// A payload as it crosses between JavaScript and a module; an array of these is eight bytes an entry there.
struct Payload {
  const std::uint8_t* data;
  std::uint32_t size;
};

}  // namespace playground
