// Made from web/protocol.json by node shell/protocol.js. Do not edit.

/** For programs; never changes. */
export type Code = 'bad_argument' | 'bad_config' | 'bad_data' | 'bad_message' | 'bad_model_file' | 'busy' | 'cancelled' | 'diverged' | 'no_data' | 'no_model' | 'no_training' | 'out_of_memory' | 'worker_gone' | 'no_trainer' | 'app_gone' | 'no_app' | 'network' | 'no_network' | 'not_found' | 'refused' | 'unsupported' | 'no_storage' | 'storage_full' | 'failed';

/** Where a data set comes from. */
export type Source = {
  /** sample, beside, kept, huggingface, url or files. */
  kind: string;
  /** For people. */
  name: string;
  /** Where it was fetched. */
  url?: string;
  /** At most that many pictures of each split were taken. */
  limit?: number;
  /** Of CIFAR-100, if they are not its classes. */
  labels?: 'fine' | 'coarse';
  /** Of sample pictures. */
  seed?: number;
  /** Of sample pictures: how many training pictures. */
  train?: number;
  /** Of sample pictures: how many test pictures. */
  test?: number;
  /** Of the classes, where the source names them. */
  class_names?: string[];
};

/** What a split consists of. */
export type SplitCounts = {
  /** Pictures. */
  count: number;
  /** Pictures of each class. */
  per_class: number[];
  /** Of red, green and blue, 0 to 1. */
  mean: number[];
  /** Standard deviation of red, green and blue. */
  std: number[];
};

/** A data set. */
export type Dataset = {
  /** Where it comes from; no fields if there is none. */
  source: AnySource;
  /** For people: the source's name. */
  label: string;
  /** Drawn by this program. */
  synthetic: boolean;
  /** No more pictures will come. */
  complete: boolean;
  /** Of a complete data set: eight hexadecimal digits (CRC-32), the same for the same pictures and labels in the same order. */
  fingerprint?: string;
  /** What the load read as what. */
  report?: LoadReport;
  /** By label. */
  class_names: string[];
  /** Training pictures. */
  train: SplitCounts;
  /** Test pictures. */
  test: SplitCounts;
};

/** What a load left out for one reason. */
export type LeftOut = {
  /** The reason. */
  why: string;
  /** Files. */
  count: number;
  /** Of the first ones. */
  names: string[];
};

/** What a load read as what, in words. */
export type LoadReport = {
  /** All of it, in one line. */
  line?: string;
  /** Where the classes come from. */
  classes?: string;
  /** What makes a picture a test picture. */
  split_by?: string;
  /** By reason. */
  left_out?: LeftOut[];
  /** What was read but looks wrong. */
  notes?: string[];
};

/** As source, or empty. */
export type AnySource = {
  /** As in source. */
  kind?: string;
  /** As in source. */
  name?: string;
  /** As in source. */
  url?: string;
  /** As in source. */
  limit?: number;
  /** As in source. */
  labels?: string;
  /** As in source. */
  seed?: number;
  /** As in source. */
  train?: number;
  /** As in source. */
  test?: number;
  /** As in source. */
  class_names?: string[];
};

/** A data set that was loaded. */
export type Loaded = Dataset & {
  /** It becomes the data set, in order, when the training ends (event dataset). Of several that wait the last counts. */
  waits?: boolean;
};

/** Nothing happened; the load goes on, and a later load_join may succeed. */
export type NotJoined = {
  /** true: a training works on another data set. */
  waits: boolean;
};

/** What has arrived of a load. */
export type LoadCounts = {
  /** Training pictures so far. */
  train: number;
  /** Test pictures so far. */
  test: number;
  /** Complete files. */
  files: number;
  /** As many pictures as limit allows have arrived. */
  full: boolean;
  /** Enough has arrived to start training on, by load_join. */
  may_join: boolean;
};

/** A setting, as a form shows it. */
export type Field = {
  /** Its name in the configuration. */
  name: string;
  /** size2: one number or two. floats: a list. shape: sizes, with null for the batch. */
  type: 'int' | 'float' | 'bool' | 'string' | 'choice' | 'size2' | 'floats' | 'shape';
  /** Its value if it is missing. */
  default: any;
  /** Least value. */
  min?: number;
  /** Largest value. */
  max?: number;
  /** Of the form's arrows. */
  step?: number;
  /** Of a choice, or the named values of another type. */
  choices?: string[];
  /** May be null. */
  optional?: boolean;
  /** Must be given: Keras has no default. */
  required?: boolean;
  /** What a form shows for null: off; without it, auto. */
  empty?: string;
  /** For people. */
  help: string;
};

/** A layer type, optimizer, schedule, loss or callback. */
export type Described = {
  /** Keras's name. */
  class_name: string;
  /** For people. */
  help: string;
  /** Of a layer: where the palette lists it. */
  group?: string;
  /** Its settings. */
  fields: Field[];
};

/** A network to begin with. */
export type Preset = {
  /** For build. */
  name: string;
  /** For people. */
  title: string;
  /** For people. */
  help: string;
  /** The options of fit that belong to it. */
  fit: {[name: string]: any};
};

/** How the trainer computes. */
export type Backend = {
  /** With vector instructions. */
  simd: boolean;
  /** With relaxed vector instructions. */
  relaxed_simd: boolean;
  /** That take part. */
  threads: number;
  /** The page is cross-origin isolated, so that threads are possible. */
  isolated: boolean;
  /** Of the module: scalar, simd, simd-threads or relaxed-threads. */
  variant: string;
  /** In use. */
  kernel_set: string;
  /** That this machine can run. */
  kernel_sets: string[];
};

/** The trainer and everything a form can choose from. */
export type Trainer = {
  /** How it computes. */
  backend: Backend;
  /** Layers. */
  layer_types: Described[];
  /** Optimizers. */
  optimizers: Described[];
  /** Learning rate schedules. */
  schedules: Described[];
  /** Losses. */
  losses: Described[];
  /** Callbacks. */
  callbacks: Described[];
  /** The layer types that augment pictures. */
  augmentations: Described[];
  /** Networks to begin with. */
  presets: Preset[];
  /** The options of fit. */
  fit_fields: Field[];
  /** The fields of one of fit's parameter_groups. */
  group_fields: Field[];
};

/** A layer in the summary. */
export type SummaryRow = {
  /** Index in the configuration's list. */
  layer: number;
  /** Of the layer. */
  name: string;
  /** Of its type. */
  class_name: string;
  /** Without the batch. */
  output_shape: number[];
  /** Numbers in it. */
  parameters: number;
  /** A training changes them. */
  trainable: boolean;
  /** Operations for one picture. */
  flops: number;
  /** Of its output for one picture. */
  bytes: number;
  /** Names of the layers it takes its input from. */
  connected_to: string[];
};

/** The table that Keras prints. */
export type Summary = {
  /** As Keras prints it. */
  text: string;
  /** Its rows. */
  rows: SummaryRow[];
  /** The pixels that the first layer takes. */
  input_range: '0..1' | '0..255';
  /** Parameters. */
  total: number;
  /** Of these, changed by training. */
  trainable: number;
  /** The others. */
  non_trainable: number;
};

/** A network. */
export type Model = {
  /** Its configuration, as Keras writes it. */
  config: {[name: string]: any};
  /** Its name. */
  name: string;
  /** Height, width, channels. */
  input_shape: [number, number, number];
  /** The pixels that its first layer takes. In config, beside class_name, where the first layers do not tell it. */
  input_range: '0..1' | '0..255';
  /** The same for people, as in: takes pixels 0 to 255, scaled by its first layer. */
  input_text: string;
  /** Of a configuration of another program: what only training needs and does not exist here. */
  left_out?: string[];
  /** Its outputs. */
  classes: number;
  /** Its layers. */
  summary: Summary;
};

/** What became of the weights of a file, by name. */
export type Fitted = {
  /** Now in the network. */
  loaded: string[];
  /** Of the file, without a place. */
  unused: string[];
  /** Of the network, not in the file. */
  missing: string[];
};

/** A network; with weights from a file it has a training. */
export type AnyModel = Model & {
  /** Of its training. */
  history?: Epoch[] | null;
  /** The options of its training. */
  fit?: {[name: string]: any} | null;
  /** fit {continue: true} can continue its training. */
  can_continue?: boolean;
  /** Weights of a file without a configuration, which went into the network that was built. */
  fitted?: Fitted;
  /** Of a file with several outputs: which one is the network's, as a sentence. */
  output_taken?: string;
};

/** A row of the history. */
export type Epoch = {
  /** Its number. */
  epoch: number;
  /** Mean over its steps. */
  loss: number;
  /** Mean over its steps. */
  accuracy: number;
  /** Of the validation. */
  val_loss?: number;
  /** Of the validation. */
  val_accuracy?: number;
  /** Of its last step. */
  learning_rate: number;
  /** It took. */
  seconds: number;
  /** In training. */
  images_per_second: number;
  /** After the last epoch, with test_time_augmentation. */
  tta_accuracy?: number;
};

/** Of all classes. */
export type Scores = {
  /** Right among those predicted. */
  precision: number;
  /** Found among those that are. */
  recall: number;
  /** Harmonic mean of the two. */
  f1: number;
  /** Pictures. */
  support: number;
};

/** Of one class. */
export type ClassScores = Scores & {
  /** Of the class. */
  name: string;
};

/** An evaluation. */
export type Evaluation = {
  /** Mean. */
  loss: number;
  /** Share predicted right. */
  accuracy: number;
  /** Share with the true class among the first three. */
  top_3_accuracy: number;
  /** Rows: true classes; columns: predicted. */
  confusion_matrix: number[][];
  /** By label. */
  per_class: ClassScores[];
  /** Mean over classes. */
  macro: Scores;
  /** Mean over classes, weighted by their pictures. */
  weighted: Scores;
  /** Epochs trained. */
  epoch: number;
  /** Steps trained. */
  step: number;
  /** held out: training pictures set apart by validation_split. */
  split: 'train' | 'test' | 'held out';
};

/** Time of one pass. */
export type ProfileCell = {
  /** For one picture. */
  microseconds: number;
  /** For one picture. */
  operations: number;
  /** Of all time. */
  share: number;
};

/** Time of one layer. The last row, "optimizer", is the optimizer's own. */
export type ProfileRow = {
  /** Of the layer. */
  name: string;
  /** Of its type. */
  class_name: string;
  /** Its output. */
  forward: ProfileCell;
  /** Its gradients. */
  backward: ProfileCell;
  /** Its weights. */
  update: ProfileCell;
};

/** A picture with its predicted class. */
export type Prediction = {
  /** In its split. */
  index: number;
  /** Its true class. */
  label: number;
  /** The class predicted. */
  predicted: number;
};

/** Mean certainty, share right, count. */
export type CalibrationBin = [number, number, number];

/** Epoch, learning rate. */
export type RatePoint = [number, number];

/** Global step, loss, accuracy. */
export type StepPoint = [number, number, number];

/** Layer, length of its weights, length of their gradient. */
export type Norms = [string, number, number];

/** A picture of the data set. */
export type Image = {
  /** Of the data set. */
  split?: 'train' | 'test';
  /** In the split. */
  index: number;
};

/** What a payload holds. */
export type Array = {
  /** Of the array. */
  name: string;
  /** Of its numbers. */
  type: 'float32' | 'uint8';
  /** Its sizes. */
  shape: number[];
};

/** Part of a map or picture; it may begin outside. */
export type Rectangle = {
  /** First row. */
  top: number;
  /** First column. */
  left: number;
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
};

/** The part of the picture that a number of a map depends on. */
export type ReceptiveField = {
  /** Rows, columns. */
  size: [number, number];
  /** From one number to the next. */
  jump: [number, number];
  /** Of the first number. */
  start: [number, number];
  /** It depends on the whole picture. */
  whole: boolean;
};

/** What all answers of inspect have. */
export type Inspected = {
  /** The kind. */
  what: string;
  /** What the payloads hold, one entry each. */
  arrays?: Array[];
};

/** What answers about a picture have. */
export type InspectedPicture = Inspected & {
  /** The class predicted. */
  predicted: number;
  /** Of the classes. */
  probabilities: number[];
  /** The true class of a picture of the data set. */
  label?: number;
};

/** A layer, for the Inside tab. */
export type InspectedLayer = {
  /** In the configuration's list. */
  index: number;
  /** Of the layer. */
  name: string;
  /** Of its type. */
  class_name: string;
  /** Of its output, without the batch. */
  shape: number[];
  /** Indices of the layers it takes its input from. */
  inputs: number[];
  /** It has an activation function. */
  has_activation: boolean;
  /** It has a sliding kernel. */
  has_filters: boolean;
  /** How a number is computed from its window; own: not from a window. */
  rule: 'own' | 'weights' | 'largest' | 'mean' | 'sum';
  /** Of its numbers. */
  receptive_field: ReceptiveField;
};

/** One of the strongest inputs of a channel. */
export type Strongest = {
  /** In the split. */
  index: number;
  /** Its true class. */
  label: number;
  /** Of the unit. */
  value: number;
  /** Of the unit in its map. */
  row: number;
  /** Of the unit in its map. */
  column: number;
  /** Of the unit in the picture. */
  receptive_field: Rectangle;
};

/** A distribution of numbers. */
export type Histogram = {
  /** Least. */
  low: number;
  /** Largest. */
  high: number;
  /** Mean. */
  mean: number;
  /** Standard deviation. */
  deviation: number;
  /** In bins of the same width. */
  counts: number[];
};

/** The distributions in a layer. */
export type LayerHistograms = {
  /** In the configuration's list. */
  index: number;
  /** Of the layer. */
  name: string;
  /** Of its weights. */
  weights: Histogram | null;
  /** Of their gradients. */
  gradients: Histogram | null;
  /** Of its output. */
  activations: Histogram | null;
  /** Share of its units that are zero for every picture. */
  dead: number | null;
};

/** The distributions at one step. */
export type Sample = {
  /** Epochs trained. */
  epoch: number;
  /** Steps trained. */
  step: number;
  /** Of the layers. */
  layers: LayerHistograms[];
};

/** A data set kept in the browser. */
export type KeptData = {
  /** For people. */
  label: string;
  /** Of its source. */
  kind: string;
  /** It takes. */
  bytes: number;
  /** When it was stored. */
  saved: string;
};

/** Arguments of the requests to the trainer. */
export interface Requests {
  /** What the trainer is and what it can do. */
  hello: {
    /** At most that many take part from now on. */
    threads?: number;
  };
  /** The speed of a preset's network: two seconds of work on sample pictures. The model stays. */
  measure: {
    /** Its name. */
    preset: string;
  };
  /** Draws synthetic pictures, which become the data set. Ends a load in progress. */
  load_sample: {
    /** The same seed draws the same pictures. */
    seed?: number;
    /** Training pictures. */
    train?: number;
    /** Test pictures. */
    test?: number;
  };
  /** Starts a load from bytes: files of CIFAR-10 records or the archive, recognized by content, or decoded pictures. Ends a load in progress. */
  load_begin: {
    /** Where the data set comes from. */
    source?: Source;
    /** By label; 2 to 100, or none for CIFAR-10's. */
    class_names?: string[];
    /** At most that many pictures of each split; 0: all. */
    limit?: number;
    /** Of CIFAR-100: its classes, or coarse: their twenty groups. */
    labels?: 'fine' | 'coarse';
  };
  /** The next bytes of a file. */
  load_chunk: {
    /** Its name. */
    file: string;
    /** It is complete. */
    end?: boolean;
    /** Without it the file's name decides ("test_batch.bin", or a path with "test" in it). */
    split?: 'train' | 'test';
    /** Expected checksum of the bytes. */
    crc32?: number;
    /** The file's size, if known. */
    bytes?: number;
    /** The number from load_begin; a message of a replaced load is cancelled and changes nothing. */
    load?: number;
  };
  /** Decoded pictures instead of files. */
  load_images: {
    /** They belong to. */
    split?: 'train' | 'test';
    /** As in load_chunk. */
    load?: number;
  };
  /** The pictures so far become the data set now. Later chunks take effect at the next epoch of a training, and not in jobs that have begun. Not of a load with a limit (bad_message), nor before the first training picture (no_data). */
  load_join: {
    /** As in load_chunk. */
    load?: number;
  };
  /** The load is complete and becomes the data set. */
  load_end: {
    /** What was read as what. */
    report?: LoadReport;
    /** As in load_chunk. */
    load?: number;
  };
  /** Ends the load; the previous data set stays. Also of a data set that waits, by its number. */
  load_abort: {
    /** As in load_chunk. */
    load?: number;
  };
  /** The data set. */
  dataset: Record<string, never>;
  /** Pictures of the data set, by their indices or by place. */
  pictures: {
    /** Of the data set. */
    split?: 'train' | 'test';
    /** In the split; then offset and count do not matter. */
    indices?: number[];
    /** The first of them. */
    offset?: number;
    /** At most that many. */
    count?: number;
    /** Only those of this class; -1: of all. */
    label?: number;
  };
  /** What a training sees of a picture: draws of the augmentation, at count places of the batch at step. */
  augmented: {
    /** Of the data set. */
    split?: 'train' | 'test';
    /** In the split. */
    index: number;
    /** Draws. */
    count?: number;
    /** Of the training. */
    seed?: number;
    /** Of the training. */
    step?: number;
    /** Layers, as in fit. */
    augmentation?: any[];
  };
  /** Part of the data set as CIFAR-10 records. */
  records: {
    /** Of the data set. */
    split?: 'train' | 'test';
    /** The first picture. */
    offset?: number;
    /** At most that many. */
    count?: number;
  };
  /** A new network, with new weights: from a preset or a configuration. */
  build: {
    /** Its name; needed without config. */
    preset?: string;
    /** As Keras writes it. */
    config?: any;
    /** Of the weights. */
    seed?: number;
  };
  /** The model's layers. */
  summary: Record<string, never>;
  /** As build, without touching the model. */
  check: {
    /** As in build. */
    preset?: string;
    /** As in build. */
    config?: any;
  };
  /** Trains. The options are those of fit_fields and these; missing ones keep the defaults of the core. */
  fit: {
    /** At most that many take part; by default all. */
    threads?: number;
    /** Starts paused. */
    paused?: boolean;
    /** Continues the training that ended last, or that of an imported checkpoint, with its options except those given here, and with the learning rate last in effect (by set or a callback) unless learning_rate is given; epochs is the total, including those already trained. Optimizer and random numbers continue, so that the result is bit-identical to one training. */
    continue?: boolean;
    /** Callbacks {class_name, config}. */
    callbacks?: any[];
    /** Layers {class_name, config} applied to the pictures before the model. */
    augmentation?: any[];
    /** Other settings for some parameters; their fields are group_fields. */
    parameter_groups?: any[];
    [option: string]: any;
  };
  /** The learning rates of a fit with these options. */
  schedule: {
    /** As in fit; without effect. */
    threads?: any;
    /** As in fit; without effect. */
    paused?: any;
    /** As in fit; without effect. */
    continue?: any;
    /** As in fit. */
    callbacks?: any[];
    /** As in fit. */
    augmentation?: any[];
    /** As in fit. */
    parameter_groups?: any[];
    [option: string]: any;
  };
  /** No step of the training follows. Without a training nothing happens. */
  pause: Record<string, never>;
  /** The training continues. Without a training nothing happens. */
  resume: Record<string, never>;
  /** One more mini-batch, then paused. */
  step: Record<string, never>;
  /** The training ends with the weights it has; fit is answered with the history so far. Without a training nothing happens. */
  stop: Record<string, never>;
  /** Changes the training from the next batch on. */
  set: {
    /** Before the schedule. */
    learning_rate?: number;
    /** Pictures in a step. */
    batch_size?: number;
  };
  /** Time for one picture in the training steps since the start or the last reset. */
  profile: {
    /** Starts anew afterwards. */
    reset?: boolean;
  };
  /** The call with that id ends after its step, as cancelled. A training keeps its weights. */
  cancel: {
    /** Of the call. */
    id: number;
  };
  /** Evaluates the model on a split. */
  evaluate: {
    /** Of the data set. */
    split?: 'train' | 'test';
  };
  /** The model's probabilities for pictures. */
  predict: Record<string, never>;
  /** Pictures with their predicted classes. During a training: of the test pictures, from the last validation, answered now; no items and epoch 0 before the first. */
  predictions: {
    /** Of the data set. */
    split?: 'train' | 'test';
    /** confidence: most confident first; loss: highest first. */
    sort?: 'index' | 'confidence' | 'loss';
    /** Only those predicted wrong. */
    mistakes?: boolean;
    /** Of all that match, the predicted and the true class alone: no items. */
    classes?: boolean;
    /** Only those of this class; -1: of all. */
    actual?: number;
    /** Only those predicted as this class; -1: as any. */
    predicted?: number;
    /** The first of them. */
    offset?: number;
    /** At most that many. */
    count?: number;
  };
  /** Looks inside the model, with the present weights. `layer` is a name or an index in the configuration's list. Maps are [height, width, channels]; the output of a dense layer has one size. */
  inspect: {
    /** The kind. */
    what?: 'maps' | 'layers' | 'filters' | 'unit' | 'grad_cam' | 'saliency' | 'occlusion' | 'top' | 'pca' | 'histograms';
    /** The picture, if it is not the payload. */
    image?: Image;
    /** Needed by all of these but grad_cam, which by default takes the last layer of maps. */
    layer?: string | number;
    /** In the map. */
    row?: number;
    /** In the map. */
    column?: number;
    /** Of the map; top needs it, and unit takes 0 by default. */
    channel?: number;
    /** By default the predicted one. */
    class?: number;
    /** Of the gray square. */
    size?: number;
    /** Of the gray square. */
    stride?: number;
    /** Of the data set. */
    split?: 'train' | 'test';
    /** top: 1 to 64, by default 16. pca: 2 to 2000, by default 500. */
    count?: number;
  };
  /** The model as files: for other tools, or as a checkpoint with all that a training needs to continue. */
  export: {
    /** tfjs, onnx, safetensors or checkpoint. */
    format: string;
  };
  /** A network from files, which becomes the model. */
  import: {
    /** Their names. */
    files: string[];
    /** Expected checksum of the first file. */
    crc32?: number;
    /** Only the weights, for the network that is built. Weights without a configuration always go there. */
    into?: 'model';
  };
  /** The same weights and training, given other pixels; a new model. */
  input_range: {
    /** The pixels that the first layer takes. */
    range: '0..1' | '0..255';
  };
}

/** Their replies. */
export interface Replies {
  /** What the trainer is and what it can do. */
  hello: Trainer;
  /** The speed of a preset's network: two seconds of work on sample pictures. The model stays. */
  measure: {
    /** Pictures. */
    trained_per_second: number;
    /** Pictures. */
    evaluated_per_second: number;
    /** That took part. */
    threads: number;
  };
  /** Draws synthetic pictures, which become the data set. Ends a load in progress. */
  load_sample: Loaded;
  /** Starts a load from bytes: files of CIFAR-10 records or the archive, recognized by content, or decoded pictures. Ends a load in progress. */
  load_begin: {
    /** Its number. */
    load: number;
  };
  /** The next bytes of a file. */
  load_chunk: LoadCounts;
  /** Decoded pictures instead of files. */
  load_images: LoadCounts;
  /** The pictures so far become the data set now. Later chunks take effect at the next epoch of a training, and not in jobs that have begun. Not of a load with a limit (bad_message), nor before the first training picture (no_data). */
  load_join: Loaded | NotJoined;
  /** The load is complete and becomes the data set. */
  load_end: Loaded;
  /** Ends the load; the previous data set stays. Also of a data set that waits, by its number. */
  load_abort: Record<string, never>;
  /** The data set. */
  dataset: Dataset;
  /** Pictures of the data set, by their indices or by place. */
  pictures: {
    /** As asked. */
    split: 'train' | 'test';
    /** Pictures to choose from. */
    total: number;
    /** Of the pictures. */
    indices: number[];
    /** Of the pictures. */
    labels: number[];
  };
  /** What a training sees of a picture: draws of the augmentation, at count places of the batch at step. */
  augmented: {
    /** As asked. */
    index: number;
    /** Its class. */
    label: number;
    /** Names of those that drew. */
    layers: string[];
  };
  /** Part of the data set as CIFAR-10 records. */
  records: {
    /** Pictures of the split. */
    total: number;
    /** Checksum of the payload. */
    crc32: number;
  };
  /** A new network, with new weights: from a preset or a configuration. */
  build: Model;
  /** The model's layers. */
  summary: Summary;
  /** As build, without touching the model. */
  check: Model;
  /** Trains. The options are those of fit_fields and these; missing ones keep the defaults of the core. */
  fit: {
    /** Every epoch so far. */
    history: Epoch[];
    /** Why it ended; a training that diverged is answered with that error. */
    stopped: 'finished' | 'stopped' | 'early_stopping';
  };
  /** The learning rates of a fit with these options. */
  schedule: {
    /** From the first epoch to the last. */
    points: RatePoint[];
  };
  /** No step of the training follows. Without a training nothing happens. */
  pause: Record<string, never>;
  /** The training continues. Without a training nothing happens. */
  resume: Record<string, never>;
  /** One more mini-batch, then paused. */
  step: Record<string, never>;
  /** The training ends with the weights it has; fit is answered with the history so far. Without a training nothing happens. */
  stop: Record<string, never>;
  /** Changes the training from the next batch on. */
  set: Record<string, never>;
  /** Time for one picture in the training steps since the start or the last reset. */
  profile: {
    /** Trained on. */
    images: number;
    /** It took. */
    seconds: number;
    /** That take part. */
    threads: number;
    /** In use. */
    kernel_set: string;
    /** By layer. */
    rows: ProfileRow[];
  };
  /** The call with that id ends after its step, as cancelled. A training keeps its weights. */
  cancel: never;
  /** Evaluates the model on a split. */
  evaluate: Evaluation;
  /** The model's probabilities for pictures. */
  predict: {
    /** Pictures. */
    n: number;
    /** Of the model. */
    classes: number;
  };
  /** Pictures with their predicted classes. During a training: of the test pictures, from the last validation, answered now; no items and epoch 0 before the first. */
  predictions: {
    /** Pictures to choose from. */
    total: number;
    /** Of the model; 1 before the first validation. */
    classes: number;
    /** The pictures asked for. */
    items: Prediction[];
    /** Of all pictures of the split. */
    calibration: CalibrationBin[];
    /** As asked. */
    split: 'train' | 'test';
    /** Epochs trained. */
    epoch: number;
  };
  /** Looks inside the model, with the present weights. `layer` is a name or an index in the configuration's list. Maps are [height, width, channels]; the output of a dense layer has one size. */
  inspect: (InspectedPicture & {
    /** Its name. */
    layer: string;
  }) | (Inspected & {
    /** In the configuration's order. */
    layers: InspectedLayer[];
    /** The last layer whose output is maps. */
    grad_cam_layer: number | null;
  }) | (Inspected & {
    /** Its name. */
    layer: string;
  }) | (InspectedPicture & {
    /** Its name. */
    layer: string;
    /** Name of the layer before. */
    input: string;
    /** How it is computed. */
    rule: 'own' | 'weights' | 'largest' | 'mean' | 'sum';
    /** As asked. */
    row: number;
    /** As asked. */
    column: number;
    /** As asked. */
    channel: number;
    /** In the input's map; padding lies outside. */
    window: Rectangle;
    /** Of the input. */
    first_channel: number;
    /** In the picture. */
    receptive_field: Rectangle;
    /** Sums of the products by channel. */
    channel_sums: number[];
    /** Of the unit. */
    bias: number | null;
    /** Before the activation function, computed by hand. */
    before: number;
    /** After it, computed by hand. */
    after: number;
    /** The layer's own. */
    output: number;
  }) | (InspectedPicture & {
    /** Its name. */
    layer: string;
    /** Of the map. */
    class: number;
  }) | (InspectedPicture & {
    /** Of the map. */
    class: number;
  }) | (InspectedPicture & {
    /** Of the map. */
    class: number;
    /** Of the square. */
    size: number;
    /** Of the square. */
    stride: number;
  }) | (Inspected & {
    /** Its name. */
    layer: string;
    /** As asked. */
    channel: number;
    /** Strongest first. */
    items: Strongest[];
  }) | (Inspected & {
    /** Its name. */
    layer: string;
    /** Of the variance. */
    shares: [number, number];
    /** Of the pictures. */
    indices: number[];
    /** Of the pictures. */
    labels: number[];
    /** Of the pictures. */
    predicted: number[];
  }) | (Inspected & {
    /** By step. */
    samples: Sample[];
  });
  /** The model as files: for other tools, or as a checkpoint with all that a training needs to continue. */
  export: {
    /** Their names. */
    files: string[];
  };
  /** A network from files, which becomes the model. */
  import: AnyModel;
  /** The same weights and training, given other pixels; a new model. */
  input_range: AnyModel;
}

/** Arguments of the trainer's events. */
export interface Events {
  /** At most ten a second. */
  step: {
    /** That is trained. */
    epoch: number;
    /** Of the training; the last may be partial. */
    epochs: number;
    /** In the epoch. */
    step: number;
    /** In the epoch. */
    steps_per_epoch: number;
    /** Mean over the epoch so far. */
    loss: number;
    /** Mean over the epoch so far. */
    accuracy: number;
    /** Recent average. */
    images_per_second: number;
    /** Left. */
    eta_seconds: number | null;
    /** Of the step. */
    learning_rate: number;
    /** Since the first epoch. */
    global_step: number;
    /** Every step since the last event, averaged to at most 64. */
    points: StepPoint[];
    /** Of the event's own step, before its update; at most four times a second. */
    norms?: Norms[];
  };
  /** For import and fit {continue: true}: after every epoch, but at most every two seconds, and when training ends other than by diverging. */
  checkpoint: {
    /** Epochs trained. */
    epoch: number;
    /** Of the training. */
    epochs: number;
    /** Of the network. */
    name: string;
    /** Checksum of the file. */
    crc32: number;
  };
  /** A training begins, with these options (as fit accepted them). */
  run: {
    /** As in fit. */
    callbacks?: any[];
    /** As in fit. */
    augmentation?: any[];
    /** As in fit. */
    parameter_groups?: any[];
    /** Of the epochs already trained, if it continues. */
    history: Epoch[];
    /** Steps already made. */
    global_step: number;
    [option: string]: any;
  };
  /** A row of the history. Never dropped. */
  epoch: Epoch;
  /** After each validated epoch. */
  evaluation: Evaluation;
  /** Progress of an inspection that takes a while. At most ten a second. */
  inspecting: {
    /** The kind. */
    what: 'occlusion' | 'top' | 'pca';
    /** Of its work. */
    share: number;
  };
  /** What the trainer does. */
  state: {
    /** empty: no data or no model. */
    state: 'empty' | 'loading' | 'ready' | 'training' | 'validating' | 'paused' | 'evaluating';
    /** Of the training, or epochs trained. */
    epoch: number;
  };
  /** Whenever the data set changed. */
  dataset: Dataset;
  /** Whenever the model changed. */
  model: AnyModel;
}

/** Arguments of the events that come from the page only. */
export interface PageEvents {
  /** A data set was loaded during a training, and is used when it ends. */
  load_waits: {
    /** Of the data set. */
    label: string;
  };
  /** Progress of a load, one to ten a second. */
  load_progress: {
    /** For people. */
    source: string;
    /** That is read. */
    file: string;
    /** Bytes. */
    received: number;
    /** Bytes, where known. */
    total?: number;
    /** Over the last seconds. */
    bytes_per_second: number;
    /** Where known. */
    seconds_left?: number;
    /** Pictures so far. */
    records: number;
    /** Pictures that could not be read. */
    skipped: number;
    /** The last event of the load. */
    done: boolean;
    /** Why it failed, if it did. */
    error?: string;
  };
  /** Keeping the data set in the browser. */
  kept: {
    /** Of it. */
    state: 'saving' | 'kept' | 'failed' | 'cancelled';
    /** Of the data set. */
    label: string;
    /** Why not. */
    message?: string;
  };
  /** Something failed that no caller awaited: dropped files, the first data set. */
  failure: {
    /** One of `codes`. */
    code: string;
    /** For people. */
    message: string;
  };
  /** A picture of the user's own: chosen, pasted, dropped, or a frame of the camera. */
  picture: {
    /** Of the file, or where it came from. */
    name: string;
    /** Pixels. */
    width: number;
    /** Pixels. */
    height: number;
    /** A frame of the camera. */
    live: boolean;
    /** Parts of it are; white is behind them. */
    transparent?: boolean;
  };
  /** The camera was switched off. */
  camera: {
    /** false. */
    on: boolean;
  };
  /** The worker ended and a new one is starting; data and model must be loaded again. */
  trainer_gone: {
    /** For programs. */
    code: 'worker_gone' | 'out_of_memory';
    /** For people. */
    message: string;
    /** The browser's own message or the page's reason. */
    cause?: string;
  };
  /** The trainer failed to start several times in a row; no other is started. */
  trainer_failed: {
    /** For people. */
    message: string;
  };
  /** A trainer has started. */
  trainer_ready: Trainer;
}

/** Arguments of the app's requests to the page. */
export interface PageRequests {
  /** Loads a data set. */
  load: {
    /** cifar10 (the kept copy, else the one beside the page), sample, huggingface, kept or a URL; or a source as `dataset` describes it. */
    source?: string | AnySource;
    /** The source is that of a link. Kind cifar10 stands for the copy in this browser, beside the page or at Hugging Face. What has to be downloaded from elsewhere is loaded only if the user agrees; otherwise the answer is cancelled. Kind files is answered with not_found: a link cannot contain files. */
    of_link?: boolean;
    /** A mirror of huggingface.co. */
    url?: string;
    /** At most that many training pictures. */
    limit?: number;
    /** Of sample pictures. */
    seed?: number;
  };
  /** Ends the load. */
  load_cancel: Record<string, never>;
  /** Opens the browser's file dialog and loads what is chosen. */
  choose_files: {
    /** Of the files; weights: for the network that is built. */
    kind: 'data' | 'folder' | 'model' | 'weights';
  };
  /** Shows a picture of the user's own (event picture). */
  picture: {
    /** The camera runs until the next such request. */
    from: 'file' | 'clipboard' | 'camera' | 'nothing';
  };
  /** The data sources that are available. */
  sources: Record<string, never>;
  /** Deletes the data set kept in the browser. */
  forget: Record<string, never>;
  /** Export, saved through the browser; several files as one zip. */
  download: {
    /** As in export. */
    format: string;
  };
  /** One of this project's models, from models/ beside the page. */
  load_model: {
    /** Its name. */
    name: string;
  };
  /** Opens the text version of the page, to select and copy from. */
  show_text: Record<string, never>;
  /** A file saved through the browser (CSV of the history and the like). */
  save_text: {
    /** Of the file. */
    name: string;
    /** Its content. */
    text: string;
  };
  /** Puts the configuration in the address bar and the link on the clipboard. */
  share: {
    /** The link's text after "#". */
    hash: string;
  };
  /** Opens the licenses of the page and its parts in a new tab. */
  show_notices: Record<string, never>;
}

/** Their replies. */
export interface PageReplies {
  /** Loads a data set. */
  load: Loaded;
  /** Ends the load. */
  load_cancel: Record<string, never>;
  /** Opens the browser's file dialog and loads what is chosen. */
  choose_files: Loaded | AnyModel;
  /** Shows a picture of the user's own (event picture). */
  picture: Record<string, never>;
  /** The data sources that are available. */
  sources: {
    /** CIFAR-10 lies beside the page. */
    beside_page: boolean;
    /** The data set kept in the browser. */
    kept?: KeptData | null;
    /** URL. */
    huggingface: string;
    /** true. */
    sample: boolean;
  };
  /** Deletes the data set kept in the browser. */
  forget: Record<string, never>;
  /** Export, saved through the browser; several files as one zip. */
  download: {
    /** Their names. */
    files: string[];
  };
  /** One of this project's models, from models/ beside the page. */
  load_model: AnyModel;
  /** Opens the text version of the page, to select and copy from. */
  show_text: Record<string, never>;
  /** A file saved through the browser (CSV of the history and the like). */
  save_text: Record<string, never>;
  /** Puts the configuration in the address bar and the link on the clipboard. */
  share: {
    /** The whole link. */
    url: string;
  };
  /** Opens the licenses of the page and its parts in a new tab. */
  show_notices: Record<string, never>;
}
