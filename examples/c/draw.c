/*
 * Draws images from an exported SavedModel through TensorFlow's C API.
 *
 *     draw VERSION_FOLDER PRIOR OUT SEED[:LABEL] ...
 *
 * VERSION_FOLDER is the folder that `keras-gan export saved-model` printed. PRIOR is
 * normal, uniform or sphere (`generator.prior` in the folder's manifest.json). A
 * generator with classes needs a label with each seed. The file OUT will hold the images
 * in the order of the seeds, each as float32 (height, width, channels). A seed gives the
 * same image as in Python.
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tensorflow/c/c_api.h"

static const double PI = 3.14159265358979323846;

static void fail(const char *message, const char *detail) {
  fprintf(stderr, "draw: %s%s\n", message, detail);
  exit(1);
}

static void *allocate(size_t size) {
  void *memory = calloc(1, size);
  if (memory == NULL) fail("out of memory", "");
  return memory;
}

/* ---- Latents from seeds: Philox4x32-10, as in keras_gan.priors ---- */

static void philox(uint32_t counter[4], uint64_t seed) {
  uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
  for (int round = 0; round < 10; round++) {
    if (round > 0) {
      key[0] += 0x9E3779B9u;
      key[1] += 0xBB67AE85u;
    }
    uint64_t first = UINT64_C(0xD2511F53) * counter[0];
    uint64_t second = UINT64_C(0xCD9E8D57) * counter[2];
    uint32_t next[4] = {(uint32_t)(second >> 32) ^ counter[1] ^ key[0],
                        (uint32_t)second,
                        (uint32_t)(first >> 32) ^ counter[3] ^ key[1],
                        (uint32_t)first};
    memcpy(counter, next, sizeof next);
  }
}

static double uniform(int64_t seed, int index) {
  uint32_t counter[4] = {(uint32_t)(index / 4), 0, 0, 0};
  philox(counter, (uint64_t)seed);
  return (counter[index % 4] + 0.5) / 4294967296.0;
}

static double normal(int64_t seed, int index) {
  double radius = sqrt(-2.0 * log(uniform(seed, index - index % 2)));
  double angle = 2.0 * PI * uniform(seed, index - index % 2 + 1);
  return radius * (index % 2 ? sin(angle) : cos(angle));
}

static void latent(const char *prior, int64_t seed, int size, float *z) {
  double squares = 0.0;
  for (int i = 0; i < size; i++) squares += pow(normal(seed, i), 2);
  for (int i = 0; i < size; i++) {
    if (strcmp(prior, "uniform") == 0) {
      z[i] = (float)(sqrt(3.0) * (2.0 * uniform(seed, i) - 1.0));
    } else if (strcmp(prior, "sphere") == 0) {
      z[i] = (float)(sqrt(size) * normal(seed, i) / sqrt(squares));
    } else {
      z[i] = (float)normal(seed, i);
    }
  }
}

/* ---- Tensors of a signature, read from the serialized MetaGraphDef ---- */

typedef struct {
  const uint8_t *at, *end;
} Bytes;

static uint64_t varint(Bytes *bytes) {
  uint64_t value = 0;
  for (int shift = 0; bytes->at < bytes->end && shift < 64; shift += 7) {
    uint8_t byte = *bytes->at++;
    value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  fail("the SavedModel's signatures cannot be read", "");
  return 0;
}

/* Reads the next field of `message`; returns its number, or 0 at the end. */
static int next_field(Bytes *message, Bytes *content) {
  if (message->at >= message->end) return 0;
  uint64_t tag = varint(message), length = 0;
  content->at = content->end = message->at;
  switch (tag & 7) {
    case 0: varint(message); return (int)(tag >> 3);
    case 1: length = 8; break;
    case 2: length = varint(message); break;
    case 5: length = 4; break;
    default: fail("the SavedModel's signatures cannot be read", "");
  }
  if (length > (uint64_t)(message->end - message->at)) {
    fail("the SavedModel's signatures cannot be read", "");
  }
  content->at = message->at;
  content->end = message->at += length;
  return (int)(tag >> 3);
}

/* Finds the value at `key` in a protocol buffers map (field `number` of `message`). */
static int map_entry(Bytes message, int number, const char *key, Bytes *value) {
  Bytes entry, part;
  for (int field; (field = next_field(&message, &entry)) != 0;) {
    int found = 0;
    if (field != number) continue;
    for (int inner; (inner = next_field(&entry, &part)) != 0;) {
      size_t length = (size_t)(part.end - part.at);
      if (inner == 1) {
        found = length == strlen(key) && memcmp(part.at, key, length) == 0;
      }
      if (inner == 2) *value = part;
    }
    if (found) return 1;
  }
  return 0;
}

/* Finds the tensor of an input (`map` = 1) or output (`map` = 2) of serving_default. */
static int find_tensor(Bytes meta_graph, TF_Graph *graph, int map, const char *key,
                       TF_Output *tensor) {
  enum { SIGNATURE_DEF = 5, NAME = 1 };
  Bytes signature, info, name;
  if (!map_entry(meta_graph, SIGNATURE_DEF, "serving_default", &signature)) {
    fail("the SavedModel has no signature serving_default", "");
  }
  if (!map_entry(signature, map, key, &info)) return 0;
  for (int field; (field = next_field(&info, &name)) != 0;) {
    if (field != NAME) continue;
    size_t length = (size_t)(name.end - name.at); /* such as "serving_default_z:0" */
    char *text = allocate(length + 1);
    memcpy(text, name.at, length);
    char *colon = strrchr(text, ':');
    tensor->index = colon ? atoi(colon + 1) : 0;
    if (colon) *colon = '\0';
    tensor->oper = TF_GraphOperationByName(graph, text);
    free(text);
  }
  if (tensor->oper == NULL) fail("the graph lacks the tensor of ", key);
  return 1;
}

static void check(const TF_Status *status) {
  if (TF_GetCode(status) != TF_OK) fail("TensorFlow: ", TF_Message(status));
}

int main(int argc, char **argv) {
  if (argc < 5) fail("usage: draw VERSION_FOLDER PRIOR OUT SEED[:LABEL] ...", "");
  const char *folder = argv[1], *prior = argv[2], *out = argv[3];
  if (strcmp(prior, "normal") && strcmp(prior, "uniform") && strcmp(prior, "sphere")) {
    fail("the prior is normal, uniform or sphere, not ", prior);
  }
  int64_t count = argc - 4;

  TF_Status *status = TF_NewStatus();
  TF_Graph *graph = TF_NewGraph();
  TF_SessionOptions *options = TF_NewSessionOptions();
  TF_Buffer *buffer = TF_NewBuffer();
  const char *tags[] = {"serve"};
  TF_Session *session = TF_LoadSessionFromSavedModel(options, NULL, folder, tags, 1,
                                                     graph, buffer, status);
  check(status);
  Bytes meta_graph = {buffer->data, (const uint8_t *)buffer->data + buffer->length};

  TF_Output inputs[2] = {{NULL, 0}, {NULL, 0}}, output = {NULL, 0};
  if (!find_tensor(meta_graph, graph, 1, "z", &inputs[0]) ||
      !find_tensor(meta_graph, graph, 2, "image", &output)) {
    fail("serving_default does not map z to image", "");
  }
  int conditional = find_tensor(meta_graph, graph, 1, "label", &inputs[1]);

  int64_t shape[2];
  if (TF_GraphGetTensorNumDims(graph, inputs[0], status) != 2) fail("z has no shape", "");
  TF_GraphGetTensorShape(graph, inputs[0], shape, 2, status);
  check(status);
  int latent_dim = (int)shape[1];

  shape[0] = count;
  TF_Tensor *values[2] = {
      TF_AllocateTensor(TF_FLOAT, shape, 2, (size_t)(count * latent_dim) * sizeof(float)),
      TF_AllocateTensor(TF_INT32, shape, 1, (size_t)count * sizeof(int32_t))};
  float *z = TF_TensorData(values[0]);
  int32_t *labels = TF_TensorData(values[1]);
  for (int64_t i = 0; i < count; i++) {
    char *rest, *text = argv[4 + i];
    int64_t seed = strtoll(text, &rest, 10);
    if (rest == text || (*rest != ':' && *rest != '\0')) fail("this is no seed: ", text);
    if ((*rest == ':') != conditional) {
      fail(conditional ? "give each seed a label, SEED:LABEL, as the generator has "
                         "classes: "
                       : "the generator has no classes: ",
           text);
    }
    labels[i] = conditional ? atoi(rest + 1) : 0;
    latent(prior, seed, latent_dim, z + i * latent_dim);
  }

  TF_Tensor *image = NULL;
  TF_SessionRun(session, NULL, inputs, values, conditional ? 2 : 1, &output, &image, 1,
                NULL, 0, NULL, status);
  check(status);

  FILE *file = fopen(out, "wb");
  size_t size = TF_TensorByteSize(image);
  if (file == NULL || fwrite(TF_TensorData(image), 1, size, file) != size ||
      fclose(file) != 0) {
    fail("cannot write ", out);
  }
  printf("%" PRId64 " images of", count);
  for (int axis = 1; axis < TF_NumDims(image); axis++) {
    printf(" %" PRId64, TF_Dim(image, axis));
  }
  printf(": %s\n", out);

  TF_DeleteTensor(image);
  TF_DeleteTensor(values[0]);
  TF_DeleteTensor(values[1]);
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(graph);
  TF_DeleteBuffer(buffer);
  TF_DeleteStatus(status);
  return 0;
}
