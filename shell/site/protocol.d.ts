// Made from web/protocol.json by node shell/protocol.js. Do not edit.

/** For programs; never changes. */
export type Code = 'bad_argument' | 'bad_config' | 'bad_data' | 'bad_message' | 'bad_model_file' | 'busy' | 'cancelled' | 'diverged' | 'no_data' | 'no_model' | 'no_training' | 'out_of_memory' | 'worker_gone' | 'no_trainer' | 'app_gone' | 'no_app' | 'network' | 'no_network' | 'not_found' | 'refused' | 'unsupported' | 'no_storage' | 'storage_full' | 'failed';

/** Where a data set comes from. */
export type Source = {
  /** sample, beside, kept, huggingface, url or files. */
  kind: string;
  /** Name to display. */
  name: string;
  /** The URL it was fetched from. */
  url?: string;
  /** Maximum number of pictures taken of each split. */
  limit?: number;
  /** CIFAR-100 only: which labels were taken, if not its classes. */
  labels?: 'fine' | 'coarse';
  /** Sample pictures only: their seed. */
  seed?: number;
  /** Sample pictures only: the number of training pictures. */
  train?: number;
  /** Sample pictures only: the number of test pictures. */
  test?: number;
  /** Names of the classes, if the source states them. */
  class_names?: string[];
};

/** The contents of a split. */
export type SplitCounts = {
  /** Number of pictures. */
  count: number;
  /** Number of pictures of each class. */
  per_class: number[];
  /** Mean of red, green and blue, 0 to 1. */
  mean: number[];
  /** Standard deviation of red, green and blue. */
  std: number[];
};

/** A data set. */
export type Dataset = {
  /** Where it comes from; no fields if there is none. */
  source: AnySource;
  /** Name to display: the source's name. */
  label: string;
  /** True for pictures drawn by this program. */
  synthetic: boolean;
  /** True if no more pictures will arrive. */
  complete: boolean;
  /** Only of a complete data set: eight hexadecimal digits (CRC-32), equal for the same pictures and labels in the same order. */
  fingerprint?: string;
  /** How the load interpreted its files. */
  report?: LoadReport;
  /** Names of the classes, by label. */
  class_names: string[];
  /** Training pictures. */
  train: SplitCounts;
  /** Test pictures. */
  test: SplitCounts;
};

/** Files or pictures that a load skipped for one reason. */
export type LeftOut = {
  /** The reason. */
  why: string;
  /** Number of skipped files or pictures. */
  count: number;
  /** Names of the first ones. */
  names: string[];
};

/** How a load interpreted its files, in words. */
export type LoadReport = {
  /** Everything in one line. */
  line?: string;
  /** Where the classes come from. */
  classes?: string;
  /** How test pictures are recognized. */
  split_by?: string;
  /** Skipped files, by reason. */
  left_out?: LeftOut[];
  /** Sentences about data that was read but looks wrong. */
  notes?: string[];
};

/** Same as source, or empty. */
export type AnySource = {
  /** Same as in source. */
  kind?: string;
  /** Same as in source. */
  name?: string;
  /** Same as in source. */
  url?: string;
  /** Same as in source. */
  limit?: number;
  /** Same as in source. */
  labels?: string;
  /** Same as in source. */
  seed?: number;
  /** Same as in source. */
  train?: number;
  /** Same as in source. */
  test?: number;
  /** Same as in source. */
  class_names?: string[];
};

/** What tells a data set from others. */
export type TrainedOn = {
  /** Same as in dataset. */
  label: string;
  /** Same as in dataset. */
  source: AnySource;
  /** Same as in dataset. */
  fingerprint?: string;
};

/** A data set that was loaded. */
export type Loaded = Dataset & {
  /** True if it becomes the data set only when the training ends (event dataset). Of several waiting data sets, the last one is used. */
  waits?: boolean;
};

/** The request had no effect. The load continues, and a later load_join may succeed. */
export type NotJoined = {
  /** Always true: a training uses another data set. */
  waits: boolean;
};

/** What a load has received so far. */
export type LoadCounts = {
  /** Training pictures so far. */
  train: number;
  /** Test pictures so far. */
  test: number;
  /** Complete files so far. */
  files: number;
  /** True if as many pictures have arrived as limit allows. */
  full: boolean;
  /** True if enough has arrived to start training, by load_join. */
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
  /** Smallest value. */
  min?: number;
  /** Largest value. */
  max?: number;
  /** Step of the form's arrows. */
  step?: number;
  /** The values of a choice, or the named values of another type. */
  choices?: string[];
  /** True if it may be null. */
  optional?: boolean;
  /** True if it must be given, because Keras has no default. */
  required?: boolean;
  /** What a form shows for null, such as off. If missing, auto. */
  empty?: string;
  /** What a new form starts with. If missing, its default. */
  begins?: any;
  /** Explanation to display. */
  help: string;
};

/** A layer type, optimizer, schedule, loss or callback. */
export type Described = {
  /** Keras's name. */
  class_name: string;
  /** Explanation to display. */
  help: string;
  /** Layers only: the group in the palette. */
  group?: string;
  /** Its settings. */
  fields: Field[];
};

/** A network to start from. */
export type Preset = {
  /** Its name for build. */
  name: string;
  /** Title to display. */
  title: string;
  /** Explanation to display. */
  help: string;
  /** Recommended options of fit. */
  fit: {[name: string]: any};
};

/** How the trainer computes. */
export type Backend = {
  /** True if it uses SIMD instructions. */
  simd: boolean;
  /** True if it uses relaxed SIMD instructions. */
  relaxed_simd: boolean;
  /** Number of threads used. */
  threads: number;
  /** True if the page is cross-origin isolated, so that threads are possible. */
  isolated: boolean;
  /** Variant of the module: scalar, simd, simd-threads or relaxed-threads. */
  variant: string;
  /** The kernel set in use. */
  kernel_set: string;
  /** The kernel sets that this machine can run. */
  kernel_sets: string[];
};

/** The trainer and everything that a form can offer. */
export type Trainer = {
  /** How the trainer computes. */
  backend: Backend;
  /** Layer types. */
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
  /** Networks to start from. */
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
  /** Name of the layer. */
  name: string;
  /** Type of the layer. */
  class_name: string;
  /** Shape of its output, without the batch. */
  output_shape: number[];
  /** Number of its parameters. */
  parameters: number;
  /** True if training changes them. */
  trainable: boolean;
  /** Floating-point operations for one picture. */
  flops: number;
  /** Bytes of its output for one picture. */
  bytes: number;
  /** Names of its input layers. */
  connected_to: string[];
};

/** The table that Keras prints. */
export type Summary = {
  /** The table as Keras prints it. */
  text: string;
  /** One row for each layer. */
  rows: SummaryRow[];
  /** The pixel range that the first layer takes. */
  input_range: '0..1' | '0..255';
  /** Number of parameters. */
  total: number;
  /** Number of parameters that training changes. */
  trainable: number;
  /** Number of the other parameters. */
  non_trainable: number;
};

/** A network. */
export type Model = {
  /** Its configuration, as Keras writes it. */
  config: {[name: string]: any};
  /** Its name. */
  name: string;
  /** Name of the preset that it is, with any weights. */
  preset?: string;
  /** Height, width, channels. */
  input_shape: [number, number, number];
  /** The pixel range that its first layer takes. In config it stands beside class_name, if it cannot be inferred from the first layers. */
  input_range: '0..1' | '0..255';
  /** The same to display, for example: takes pixels 0 to 255, scaled by its first layer. */
  input_text: string;
  /** Parts of another program's configuration that were dropped: only training needs them, and they are not supported. */
  left_out?: string[];
  /** Number of its outputs. */
  classes: number;
  /** Its layers. */
  summary: Summary;
};

/** Which weights of a file were loaded, by name. */
export type Fitted = {
  /** Weights loaded into the network. */
  loaded: string[];
  /** Weights of the file that fit no layer. */
  unused: string[];
  /** Layers for which the file has no weights. */
  missing: string[];
  /** Sentences to display: how many layers got weights, and which were matched by order alone, because the names do not match. */
  text: string;
};

/** A network. With weights from a file it also describes their training. */
export type AnyModel = Model & {
  /** The history of its training. */
  history?: Epoch[] | null;
  /** The options of its training. */
  fit?: {[name: string]: any} | null;
  /** True if fit {continue: true} can continue its training. */
  can_continue?: boolean;
  /** For weights from a file without a configuration: how they were matched to the current network. */
  fitted?: Fitted;
  /** For a file with several outputs: a sentence saying which one was chosen. */
  output_taken?: string;
  /** For several models given at once: sentences saying which file was read, and why. */
  file_taken?: string;
};

/** A row of the history. */
export type Epoch = {
  /** Its number. */
  epoch: number;
  /** Mean training loss over its steps. */
  loss: number;
  /** Mean training accuracy over its steps. */
  accuracy: number;
  /** Validation loss. */
  val_loss?: number;
  /** Validation accuracy. */
  val_accuracy?: number;
  /** Learning rate of its last step. */
  learning_rate: number;
  /** Duration. */
  seconds: number;
  /** Training throughput. */
  images_per_second: number;
  /** Validation accuracy with test_time_augmentation, after the last epoch. */
  tta_accuracy?: number;
};

/** Scores of all classes. */
export type Scores = {
  /** Share of the pictures predicted as the class that belong to it. */
  precision: number;
  /** Share of the class's pictures that are predicted correctly. */
  recall: number;
  /** Harmonic mean of precision and recall. */
  f1: number;
  /** Number of pictures. */
  support: number;
};

/** Scores of one class. */
export type ClassScores = Scores & {
  /** Name of the class. */
  name: string;
};

/** The result of an evaluation. */
export type Evaluation = {
  /** Mean loss. */
  loss: number;
  /** Share of correct predictions. */
  accuracy: number;
  /** Share of pictures with the true class among the three most probable ones. */
  top_3_accuracy: number;
  /** Rows: true classes; columns: predicted. */
  confusion_matrix: number[][];
  /** Scores by label. */
  per_class: ClassScores[];
  /** Mean over classes. */
  macro: Scores;
  /** Mean over classes, weighted by their number of pictures. */
  weighted: Scores;
  /** Number of epochs trained. */
  epoch: number;
  /** Number of steps trained. */
  step: number;
  /** The split. held out: training pictures reserved by validation_split. */
  split: 'train' | 'test' | 'held out';
};

/** Time of one pass. */
export type ProfileCell = {
  /** Time for one picture. */
  microseconds: number;
  /** Floating-point operations for one picture. */
  operations: number;
  /** Share of the total time. */
  share: number;
};

/** Time of one layer. The last row, "optimizer", is the time of the optimizer itself. */
export type ProfileRow = {
  /** Name of the layer. */
  name: string;
  /** Type of the layer. */
  class_name: string;
  /** Computing its output. */
  forward: ProfileCell;
  /** Computing its gradients. */
  backward: ProfileCell;
  /** Updating its weights. */
  update: ProfileCell;
};

/** A picture with its predicted class. */
export type Prediction = {
  /** Index in its split. */
  index: number;
  /** Its true class. */
  label: number;
  /** Its predicted class. */
  predicted: number;
};

/** Mean confidence, share of correct predictions, number of pictures. */
export type CalibrationBin = [number, number, number];

/** Epoch, learning rate. */
export type RatePoint = [number, number];

/** Global step, loss, accuracy. */
export type StepPoint = [number, number, number];

/** Layer, norm of its weights, norm of their gradient. */
export type Norms = [string, number, number];

/** A picture of the data set. */
export type Image = {
  /** Split of the data set. */
  split?: 'train' | 'test';
  /** Index in the split. */
  index: number;
};

/** The content of a payload. */
export type Array = {
  /** Name of the array. */
  name: string;
  /** Type of its elements. */
  type: 'float32' | 'uint8';
  /** Its dimensions. */
  shape: number[];
};

/** Part of a map or picture. It may extend beyond it. */
export type Rectangle = {
  /** First row. */
  top: number;
  /** First column. */
  left: number;
  /** Number of rows. */
  height: number;
  /** Number of columns. */
  width: number;
};

/** The part of the picture that an element of a map depends on. */
export type ReceptiveField = {
  /** Rows and columns. */
  size: [number, number];
  /** Distance in pixels from one element to the next. */
  jump: [number, number];
  /** Center of the first element's field. */
  start: [number, number];
  /** True if it depends on the whole picture. */
  whole: boolean;
};

/** Common fields of all replies to inspect. */
export type Inspected = {
  /** The kind of inspection. */
  what: string;
  /** Descriptions of the payloads, one for each. */
  arrays?: Array[];
};

/** Common fields of replies about a picture. */
export type InspectedPicture = Inspected & {
  /** The predicted class. */
  predicted: number;
  /** Probabilities of the classes. */
  probabilities: number[];
  /** The true class, for a picture of the data set. */
  label?: number;
};

/** A layer, for the Inside tab. */
export type InspectedLayer = {
  /** Index in the configuration's list. */
  index: number;
  /** Name of the layer. */
  name: string;
  /** Type of the layer. */
  class_name: string;
  /** Shape of its output, without the batch. */
  shape: number[];
  /** Indices of its input layers. */
  inputs: number[];
  /** True if it has an activation function. */
  has_activation: boolean;
  /** True if it has a sliding kernel. */
  has_filters: boolean;
  /** How an element is computed from its window. own: not from a window. */
  rule: 'own' | 'weights' | 'largest' | 'mean' | 'sum';
  /** Receptive field of its elements. */
  receptive_field: ReceptiveField;
};

/** One of the strongest inputs of a channel. */
export type Strongest = {
  /** Index in the split. */
  index: number;
  /** Its true class. */
  label: number;
  /** Value of the unit. */
  value: number;
  /** Row of the unit in its map. */
  row: number;
  /** Column of the unit in its map. */
  column: number;
  /** Receptive field of the unit in the picture. */
  receptive_field: Rectangle;
};

/** A distribution of numbers. */
export type Histogram = {
  /** Smallest value. */
  low: number;
  /** Largest value. */
  high: number;
  /** Mean. */
  mean: number;
  /** Standard deviation. */
  deviation: number;
  /** Counts in bins of equal width. */
  counts: number[];
};

/** The distributions in a layer. */
export type LayerHistograms = {
  /** Index in the configuration's list. */
  index: number;
  /** Name of the layer. */
  name: string;
  /** Distribution of its weights. */
  weights: Histogram | null;
  /** Distribution of their gradients. */
  gradients: Histogram | null;
  /** Distribution of its output. */
  activations: Histogram | null;
  /** Share of its units that are zero for every picture. */
  dead: number | null;
};

/** The distributions at one step. */
export type Sample = {
  /** Number of epochs trained. */
  epoch: number;
  /** Number of steps trained. */
  step: number;
  /** One entry for each layer. */
  layers: LayerHistograms[];
};

/** A data set stored in the browser. */
export type KeptData = {
  /** Name to display. */
  label: string;
  /** Kind of its source. */
  kind: string;
  /** Size in bytes. */
  bytes: number;
  /** When it was stored. */
  saved: string;
};

/** A run of an earlier visit. */
export type KeptRun = {
  /** Names it in keep_run and forget_run. */
  key: string;
  /** What the app gave to keep. */
  run: string;
};

/** The first pictures of a data set, which can be loaded alone. */
export type DataPart = {
  /** Number of training pictures, and of test pictures. */
  pictures: number;
  /** Size of their download. */
  bytes: number;
};

/** The data sources that are available. */
export type Sources = {
  /** True if CIFAR-10 is available beside the page. */
  beside_page: boolean;
  /** Size of its download, if that is known. */
  beside_bytes?: number;
  /** The part of it that can be loaded alone. */
  part?: DataPart;
  /** The data set stored in the browser. */
  kept?: KeptData | null;
  /** URL of CIFAR-10 at Hugging Face. */
  huggingface: string;
  /** Size of its download. */
  huggingface_bytes: number;
  /** Always true. */
  sample: boolean;
  /** What is loaded without asking the user: what needs no large download. */
  unasked: 'kept' | 'cifar10' | 'sample';
};

/** Arguments of the requests to the trainer. */
export interface Requests {
  /** What the trainer is and what it can do. */
  hello: {
    /** Maximum number of threads from now on. */
    threads?: number;
  };
  /** Measures the speed of a preset's network: two seconds of work on sample pictures. The current model does not change. */
  measure: {
    /** Name of the preset. */
    preset: string;
  };
  /** Draws synthetic pictures, which become the data set. Ends a load in progress. */
  load_sample: {
    /** Seed; the same seed draws the same pictures. */
    seed?: number;
    /** Number of training pictures. */
    train?: number;
    /** Number of test pictures. */
    test?: number;
  };
  /** Starts a load from bytes: files of CIFAR-10 records or the archive, recognized by content, or decoded pictures. Ends a load in progress. */
  load_begin: {
    /** Where the data set comes from. */
    source?: Source;
    /** Names by label: 2 to 100, or none for CIFAR-10's classes. */
    class_names?: string[];
    /** Maximum number of pictures of each split; 0: all. */
    limit?: number;
    /** CIFAR-100 only. fine: its 100 classes; coarse: its 20 groups. */
    labels?: 'fine' | 'coarse';
  };
  /** The next bytes of a file. */
  load_chunk: {
    /** Name of the file. */
    file: string;
    /** True if these bytes complete the file. */
    end?: boolean;
    /** Split of the pictures. If missing, the file's name decides ("test_batch.bin", or a path that contains "test"). */
    split?: 'train' | 'test';
    /** Expected checksum of the bytes. */
    crc32?: number;
    /** The file's size, if known. */
    bytes?: number;
    /** The number from load_begin. A message of a replaced load is answered with cancelled and has no effect. */
    load?: number;
  };
  /** Sends decoded pictures instead of files. */
  load_images: {
    /** Split of the pictures. */
    split?: 'train' | 'test';
    /** Same as in load_chunk. */
    load?: number;
  };
  /** Makes the pictures received so far the data set. Later chunks take effect at the next epoch of a training, but not in jobs that have begun. Rejected for a load with a limit (bad_message) and before the first training picture (no_data). */
  load_join: {
    /** Same as in load_chunk. */
    load?: number;
  };
  /** Completes the load, which becomes the data set. */
  load_end: {
    /** How the load interpreted its files. */
    report?: LoadReport;
    /** Same as in load_chunk. */
    load?: number;
  };
  /** Ends the load; the previous data set stays in use. With the number of a data set that waits, discards that one. */
  load_abort: {
    /** Same as in load_chunk. */
    load?: number;
  };
  /** Describes the data set. */
  dataset: Record<string, never>;
  /** Returns pictures of the data set, by index or by position. */
  pictures: {
    /** Split of the data set. */
    split?: 'train' | 'test';
    /** Indices in the split. If given, offset and count are ignored. */
    indices?: number[];
    /** Position of the first picture. */
    offset?: number;
    /** Maximum number of pictures. */
    count?: number;
    /** Only pictures of this class; -1: all classes. */
    label?: number;
  };
  /** Shows what a training gets from a picture: samples of the augmentation, at `count` places of the batch at `step`. */
  augmented: {
    /** Split of the data set. */
    split?: 'train' | 'test';
    /** Index in the split. */
    index: number;
    /** Number of samples. */
    count?: number;
    /** Seed of the training. */
    seed?: number;
    /** Step of the training. */
    step?: number;
    /** Layers, same as in fit. */
    augmentation?: any[];
  };
  /** Returns part of the data set as CIFAR-10 records. */
  records: {
    /** Split of the data set. */
    split?: 'train' | 'test';
    /** Position of the first picture. */
    offset?: number;
    /** Maximum number of pictures. */
    count?: number;
  };
  /** Builds a new network, with new weights, from a preset or a configuration. */
  build: {
    /** Name of the preset; required without config. */
    preset?: string;
    /** Configuration as Keras writes it. */
    config?: any;
    /** Seed of the weights. */
    seed?: number;
  };
  /** Lists the model's layers. */
  summary: Record<string, never>;
  /** Same as build, but without changing the model. */
  check: {
    /** Same as in build. */
    preset?: string;
    /** Same as in build. */
    config?: any;
  };
  /** Trains the model. The options are those of fit_fields and these; missing ones have the defaults of the core. */
  fit: {
    /** Maximum number of threads; by default all. */
    threads?: number;
    /** Starts the training paused. */
    paused?: boolean;
    /** Continues the training that ended last, or that of an imported checkpoint, with its options except those given here, and with the learning rate last in effect (by set or a callback) unless learning_rate is given; epochs is the total, including those already trained. Optimizer and random numbers continue, so that the result is bit-identical to one training. */
    continue?: boolean;
    /** Callbacks {class_name, config}. */
    callbacks?: any[];
    /** Layers {class_name, config} applied to the pictures before the model. */
    augmentation?: any[];
    /** Different settings for some parameters; their fields are group_fields. */
    parameter_groups?: any[];
    [option: string]: any;
  };
  /** Computes the learning rates of a fit with these options. */
  schedule: {
    /** Same as in fit, but ignored. */
    threads?: any;
    /** Same as in fit, but ignored. */
    paused?: any;
    /** Same as in fit, but ignored. */
    continue?: any;
    /** Same as in fit. */
    callbacks?: any[];
    /** Same as in fit. */
    augmentation?: any[];
    /** Same as in fit. */
    parameter_groups?: any[];
    [option: string]: any;
  };
  /** Pauses the training after the current step. Has no effect without a training. */
  pause: Record<string, never>;
  /** Continues the training. Has no effect without a training. */
  resume: Record<string, never>;
  /** Trains one more mini-batch, then pauses. */
  step: Record<string, never>;
  /** Ends the training and keeps its weights; fit is answered with the history so far. Has no effect without a training. */
  stop: Record<string, never>;
  /** Changes the training from the next batch on. */
  set: {
    /** Learning rate before the schedule is applied. */
    learning_rate?: number;
    /** Number of pictures per step. */
    batch_size?: number;
  };
  /** Time per picture in the training steps since the start or the last reset. */
  profile: {
    /** Resets the profile after this reply. */
    reset?: boolean;
  };
  /** Ends the call with that id after its current step; that call is answered with cancelled. A training keeps its weights. */
  cancel: {
    /** Id of the call. */
    id: number;
  };
  /** Evaluates the model on a split. */
  evaluate: {
    /** Split of the data set. */
    split?: 'train' | 'test';
  };
  /** Computes the model's probabilities for pictures. */
  predict: Record<string, never>;
  /** Pictures with their predicted classes. During a training, those of the test pictures from the last validation, answered immediately; no items and epoch 0 before the first validation. */
  predictions: {
    /** Split of the data set. */
    split?: 'train' | 'test';
    /** confidence: most confident first; loss: highest first. */
    sort?: 'index' | 'confidence' | 'loss';
    /** Only pictures with a wrong prediction. */
    mistakes?: boolean;
    /** Returns no items, but the predicted and the true class of every picture that matches. */
    classes?: boolean;
    /** Only pictures of this class; -1: all classes. */
    actual?: number;
    /** Only pictures predicted as this class; -1: all classes. */
    predicted?: number;
    /** Position of the first picture. */
    offset?: number;
    /** Maximum number of pictures. */
    count?: number;
  };
  /** Inspects the model with its current weights. `layer` is a name or an index in the configuration's list. Maps are [height, width, channels]; the output of a dense layer has one dimension. */
  inspect: {
    /** The kind of inspection. */
    what?: 'maps' | 'layers' | 'filters' | 'unit' | 'grad_cam' | 'saliency' | 'occlusion' | 'top' | 'pca' | 'histograms';
    /** The picture, unless it is the payload. */
    image?: Image;
    /** Required, except for grad_cam, where the default is the last layer whose output is maps. */
    layer?: string | number;
    /** Row in the map. */
    row?: number;
    /** Column in the map. */
    column?: number;
    /** Channel of the map. Required by top; 0 by default for unit. */
    channel?: number;
    /** The class; by default the predicted one. */
    class?: number;
    /** Size of the gray square. */
    size?: number;
    /** Step of the gray square. */
    stride?: number;
    /** Split of the data set. */
    split?: 'train' | 'test';
    /** Number of pictures. top: 1 to 64, by default 16. pca: 2 to 2000, by default 500. */
    count?: number;
  };
  /** The model as files: for other tools, or as a checkpoint with everything a training needs to continue. */
  export: {
    /** The format: tfjs, onnx, safetensors, checkpoint, or the program pytorch or keras. */
    format: string;
    /** Options of fit, for a program: it trains with them. Without: those of the last training. */
    fit?: {[name: string]: any};
  };
  /** Reads a network from files and makes it the model. */
  import: {
    /** Names of the files. */
    files: string[];
    /** Expected checksum of the first file. */
    crc32?: number;
    /** Reads only the weights, into the current network. Files without a configuration are always read in this way. */
    into?: 'model';
  };
  /** Changes the pixel range that the model takes. Weights and training stay the same; counts as a new model. */
  input_range: {
    /** The new pixel range. */
    range: '0..1' | '0..255';
  };
}

/** Their replies. */
export interface Replies {
  /** What the trainer is and what it can do. */
  hello: Trainer;
  /** Measures the speed of a preset's network: two seconds of work on sample pictures. The current model does not change. */
  measure: {
    /** Pictures trained per second. */
    trained_per_second: number;
    /** Pictures evaluated per second. */
    evaluated_per_second: number;
    /** Number of threads used. */
    threads: number;
  };
  /** Draws synthetic pictures, which become the data set. Ends a load in progress. */
  load_sample: Loaded;
  /** Starts a load from bytes: files of CIFAR-10 records or the archive, recognized by content, or decoded pictures. Ends a load in progress. */
  load_begin: {
    /** Number of the load. */
    load: number;
  };
  /** The next bytes of a file. */
  load_chunk: LoadCounts;
  /** Sends decoded pictures instead of files. */
  load_images: LoadCounts;
  /** Makes the pictures received so far the data set. Later chunks take effect at the next epoch of a training, but not in jobs that have begun. Rejected for a load with a limit (bad_message) and before the first training picture (no_data). */
  load_join: Loaded | NotJoined;
  /** Completes the load, which becomes the data set. */
  load_end: Loaded;
  /** Ends the load; the previous data set stays in use. With the number of a data set that waits, discards that one. */
  load_abort: Record<string, never>;
  /** Describes the data set. */
  dataset: Dataset;
  /** Returns pictures of the data set, by index or by position. */
  pictures: {
    /** As requested. */
    split: 'train' | 'test';
    /** Number of pictures to choose from. */
    total: number;
    /** Indices of the pictures. */
    indices: number[];
    /** Labels of the pictures. */
    labels: number[];
  };
  /** Shows what a training gets from a picture: samples of the augmentation, at `count` places of the batch at `step`. */
  augmented: {
    /** As requested. */
    index: number;
    /** Its class. */
    label: number;
    /** Names of the layers that were applied. */
    layers: string[];
  };
  /** Returns part of the data set as CIFAR-10 records. */
  records: {
    /** Number of pictures of the split. */
    total: number;
    /** Checksum of the payload. */
    crc32: number;
  };
  /** Builds a new network, with new weights, from a preset or a configuration. */
  build: Model;
  /** Lists the model's layers. */
  summary: Summary;
  /** Same as build, but without changing the model. */
  check: Model;
  /** Trains the model. The options are those of fit_fields and these; missing ones have the defaults of the core. */
  fit: {
    /** Every epoch so far. */
    history: Epoch[];
    /** Why it ended. A training that diverged is answered with that error. */
    stopped: 'finished' | 'stopped' | 'early_stopping';
  };
  /** Computes the learning rates of a fit with these options. */
  schedule: {
    /** Points from the first epoch to the last. */
    points: RatePoint[];
  };
  /** Pauses the training after the current step. Has no effect without a training. */
  pause: Record<string, never>;
  /** Continues the training. Has no effect without a training. */
  resume: Record<string, never>;
  /** Trains one more mini-batch, then pauses. */
  step: Record<string, never>;
  /** Ends the training and keeps its weights; fit is answered with the history so far. Has no effect without a training. */
  stop: Record<string, never>;
  /** Changes the training from the next batch on. */
  set: Record<string, never>;
  /** Time per picture in the training steps since the start or the last reset. */
  profile: {
    /** Number of pictures trained. */
    images: number;
    /** Total time. */
    seconds: number;
    /** Number of threads used. */
    threads: number;
    /** The kernel set in use. */
    kernel_set: string;
    /** One row for each layer. */
    rows: ProfileRow[];
  };
  /** Ends the call with that id after its current step; that call is answered with cancelled. A training keeps its weights. */
  cancel: never;
  /** Evaluates the model on a split. */
  evaluate: Evaluation;
  /** Computes the model's probabilities for pictures. */
  predict: {
    /** Number of pictures. */
    n: number;
    /** Number of the model's classes. */
    classes: number;
  };
  /** Pictures with their predicted classes. During a training, those of the test pictures from the last validation, answered immediately; no items and epoch 0 before the first validation. */
  predictions: {
    /** Number of pictures to choose from. */
    total: number;
    /** Number of the model's classes; 1 before the first validation. */
    classes: number;
    /** The requested pictures. */
    items: Prediction[];
    /** Calibration over all pictures of the split. */
    calibration: CalibrationBin[];
    /** As requested. */
    split: 'train' | 'test';
    /** Number of epochs trained. */
    epoch: number;
  };
  /** Inspects the model with its current weights. `layer` is a name or an index in the configuration's list. Maps are [height, width, channels]; the output of a dense layer has one dimension. */
  inspect: (InspectedPicture & {
    /** Name of the layer. */
    layer: string;
  }) | (Inspected & {
    /** The layers, in the configuration's order. */
    layers: InspectedLayer[];
    /** The last layer whose output is maps. */
    grad_cam_layer: number | null;
  }) | (Inspected & {
    /** Name of the layer. */
    layer: string;
  }) | (InspectedPicture & {
    /** Name of the layer. */
    layer: string;
    /** Name of the input layer. */
    input: string;
    /** How the element is computed. */
    rule: 'own' | 'weights' | 'largest' | 'mean' | 'sum';
    /** As requested. */
    row: number;
    /** As requested. */
    column: number;
    /** As requested. */
    channel: number;
    /** The window in the input's map; padding is outside the map. */
    window: Rectangle;
    /** First channel of the input that the element reads. */
    first_channel: number;
    /** Receptive field in the picture. */
    receptive_field: Rectangle;
    /** Sums of the products by channel. */
    channel_sums: number[];
    /** Bias of the element. */
    bias: number | null;
    /** Value before the activation function, computed step by step. */
    before: number;
    /** Value after the activation function, computed step by step. */
    after: number;
    /** The layer's actual output. */
    output: number;
  }) | (InspectedPicture & {
    /** Name of the layer. */
    layer: string;
    /** Class of the map. */
    class: number;
  }) | (InspectedPicture & {
    /** Class of the map. */
    class: number;
  }) | (InspectedPicture & {
    /** Class of the map. */
    class: number;
    /** Size of the square. */
    size: number;
    /** Step of the square. */
    stride: number;
  }) | (Inspected & {
    /** Name of the layer. */
    layer: string;
    /** As requested. */
    channel: number;
    /** The inputs, strongest first. */
    items: Strongest[];
  }) | (Inspected & {
    /** Name of the layer. */
    layer: string;
    /** Shares of the variance along the two axes. */
    shares: [number, number];
    /** Indices of the pictures. */
    indices: number[];
    /** Labels of the pictures. */
    labels: number[];
    /** Predicted classes of the pictures. */
    predicted: number[];
  }) | (Inspected & {
    /** The samples, by step. */
    samples: Sample[];
  });
  /** The model as files: for other tools, or as a checkpoint with everything a training needs to continue. */
  export: {
    /** Names of the files. */
    files: string[];
  };
  /** Reads a network from files and makes it the model. */
  import: AnyModel;
  /** Changes the pixel range that the model takes. Weights and training stay the same; counts as a new model. */
  input_range: AnyModel;
}

/** Arguments of the trainer's events. */
export interface Events {
  /** Progress of a training. At most ten a second. */
  step: {
    /** Current epoch. */
    epoch: number;
    /** Total epochs of the training; the last one may be partial. */
    epochs: number;
    /** Steps completed in the epoch. */
    step: number;
    /** Number of steps in the epoch. */
    steps_per_epoch: number;
    /** Mean over the epoch so far. */
    loss: number;
    /** Mean over the epoch so far. */
    accuracy: number;
    /** Recent average throughput. */
    images_per_second: number;
    /** Estimated seconds remaining. */
    eta_seconds: number | null;
    /** Learning rate of the step. */
    learning_rate: number;
    /** Number of steps since the first epoch. */
    global_step: number;
    /** All steps since the last event, averaged to at most 64 points. */
    points: StepPoint[];
    /** Norms at the event's step, before its update; at most four times a second. */
    norms?: Norms[];
  };
  /** A file for import and fit {continue: true}. Sent after every epoch, but at most every two seconds, when a training ends other than by diverging, and after the event model of a network with weights. */
  checkpoint: {
    /** Number of epochs trained. */
    epoch: number;
    /** Total epochs of the training. */
    epochs: number;
    /** Name of the network. */
    name: string;
    /** Checksum of the file. */
    crc32: number;
    /** The data set that the training used, if the file states one. */
    data?: TrainedOn;
  };
  /** A training begins, with these options as fit accepted them. */
  run: {
    /** Same as in fit. */
    callbacks?: any[];
    /** Same as in fit. */
    augmentation?: any[];
    /** Same as in fit. */
    parameter_groups?: any[];
    /** History of the epochs already trained, if it continues a training. */
    history: Epoch[];
    /** Number of steps already trained. */
    global_step: number;
    [option: string]: any;
  };
  /** A row of the history. Never dropped. */
  epoch: Epoch;
  /** Sent after each validated epoch. */
  evaluation: Evaluation;
  /** Progress of an inspection that takes a while. At most ten a second. */
  inspecting: {
    /** The kind of inspection. */
    what: 'occlusion' | 'top' | 'pca';
    /** Share of the work that is done. */
    share: number;
  };
  /** The trainer's state changed. */
  state: {
    /** The state. empty: no data or no model. */
    state: 'empty' | 'loading' | 'ready' | 'training' | 'validating' | 'paused' | 'evaluating';
    /** Current epoch of the training, or number of epochs trained. */
    epoch: number;
  };
  /** Sent whenever the data set changes. */
  dataset: Dataset;
  /** Sent whenever the model changes. */
  model: AnyModel;
}

/** Arguments of the events that come from the page only. */
export interface PageEvents {
  /** A data set was loaded during a training and will be used when it ends. */
  load_waits: {
    /** Name of the data set. */
    label: string;
  };
  /** Progress of a load, one to ten a second. */
  load_progress: {
    /** Name of the source to display. */
    source: string;
    /** The file being read. */
    file: string;
    /** Bytes received. */
    received: number;
    /** Total bytes, if known. */
    total?: number;
    /** Rate over the last seconds. */
    bytes_per_second: number;
    /** Estimated seconds remaining, if known. */
    seconds_left?: number;
    /** Number of pictures so far. */
    records: number;
    /** Number of pictures that could not be read. */
    skipped: number;
    /** True in the last event of the load. */
    done: boolean;
    /** Error message, if it failed. */
    error?: string;
  };
  /** Progress of storing the data set. */
  kept: {
    /** Progress of storing. */
    state: 'saving' | 'kept' | 'failed' | 'cancelled';
    /** Name of the data set. */
    label: string;
    /** Error message, if it failed. */
    message?: string;
  };
  /** An operation failed that no caller awaited, such as loading dropped files or the first data set. */
  failure: {
    /** One of `codes`. */
    code: string;
    /** Message to display. */
    message: string;
  };
  /** The user's own picture: chosen, pasted, dropped, or a frame of the camera. */
  picture: {
    /** Name of the file, or where the picture came from. */
    name: string;
    /** Width in pixels. */
    width: number;
    /** Height in pixels. */
    height: number;
    /** True for a frame of the camera. */
    live: boolean;
    /** True if parts of the picture are transparent (shown as white). */
    transparent?: boolean;
  };
  /** The camera was switched off. */
  camera: {
    /** Always false. */
    on: boolean;
  };
  /** The worker ended and a new one is starting; data and model must be loaded again. */
  trainer_gone: {
    /** Error code. */
    code: 'worker_gone' | 'out_of_memory';
    /** Message to display. */
    message: string;
    /** The browser's own message, or the page's reason. */
    cause?: string;
  };
  /** The trainer failed to start several times in a row; the page does not try again. */
  trainer_failed: {
    /** Message to display. */
    message: string;
  };
  /** A trainer has started. */
  trainer_ready: Trainer;
}

/** Arguments of the app's requests to the page. */
export interface PageRequests {
  /** Loads a data set. */
  load: {
    /** cifar10 (the stored copy, otherwise the one beside the page), sample, huggingface, kept or a URL; or a source as `dataset` describes it. */
    source?: string | AnySource;
    /** True if the source comes from a link. Kind cifar10 then means the copy in this browser, beside the page or at Hugging Face. A large download, and one from elsewhere, begins only if the user agrees; otherwise the request is answered with cancelled. Kind files is answered with not_found, because a link cannot contain files. */
    of_link?: boolean;
    /** A mirror of huggingface.co. */
    url?: string;
    /** Maximum number of training pictures. */
    limit?: number;
    /** Seed of sample pictures. */
    seed?: number;
  };
  /** Ends the load. */
  load_cancel: Record<string, never>;
  /** Opens the browser's file dialog and loads the chosen files. */
  choose_files: {
    /** What is being chosen. weights: for the current network. */
    kind: 'data' | 'folder' | 'model' | 'weights';
  };
  /** Shows the user's own picture (event picture). */
  picture: {
    /** Where to take it from. The camera runs until the next such request. */
    from: 'file' | 'clipboard' | 'camera' | 'nothing';
  };
  /** The data sources that are available. */
  sources: Record<string, never>;
  /** Deletes the data set stored in the browser. */
  forget: Record<string, never>;
  /** Exports the model and saves it through the browser; several files as one zip. */
  download: {
    /** Same as in export. */
    format: string;
    /** Same as in export. */
    fit?: {[name: string]: any};
  };
  /** Opens one of this project's models, from models/ beside the page. */
  load_model: {
    /** Name of the model. */
    name: string;
  };
  /** The runs that the browser stores, the oldest first. */
  kept_runs: Record<string, never>;
  /** Stores a run in the browser. */
  keep_run: {
    /** The one that an earlier keep_run answered for this run; empty: none. */
    key: string;
    /** What to store; only the app reads it. */
    run: string;
  };
  /** Deletes a stored run. */
  forget_run: {
    /** Its key. */
    key: string;
  };
  /** Opens the text version of the page, to select and copy from. */
  show_text: Record<string, never>;
  /** Saves a text file through the browser, such as the history as CSV. */
  save_text: {
    /** Name of the file. */
    name: string;
    /** Content of the file. */
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
  /** Opens the browser's file dialog and loads the chosen files. */
  choose_files: Loaded | AnyModel;
  /** Shows the user's own picture (event picture). */
  picture: Record<string, never>;
  /** The data sources that are available. */
  sources: Sources;
  /** Deletes the data set stored in the browser. */
  forget: Record<string, never>;
  /** Exports the model and saves it through the browser; several files as one zip. */
  download: {
    /** Names of the files. */
    files: string[];
  };
  /** Opens one of this project's models, from models/ beside the page. */
  load_model: AnyModel;
  /** The runs that the browser stores, the oldest first. */
  kept_runs: {
    /** At most 64. */
    runs: KeptRun[];
  };
  /** Stores a run in the browser. */
  keep_run: {
    /** Its key; empty if the browser does not store it. */
    key: string;
  };
  /** Deletes a stored run. */
  forget_run: Record<string, never>;
  /** Opens the text version of the page, to select and copy from. */
  show_text: Record<string, never>;
  /** Saves a text file through the browser, such as the history as CSV. */
  save_text: Record<string, never>;
  /** Puts the configuration in the address bar and the link on the clipboard. */
  share: {
    /** The complete link. */
    url: string;
  };
  /** Opens the licenses of the page and its parts in a new tab. */
  show_notices: Record<string, never>;
}
