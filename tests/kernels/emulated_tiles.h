// AMX tiles emulated in memory, as Intel SDM volume 2 describes TILELOADD, TDPBF16PS and TILESTORED.
// Included inside a namespace.  Throws an exception where the CPU would raise a fault.
#pragma once

#undef _tile_loadd
#undef _tile_stored
#undef _tile_zero
#undef _tile_dpbf16ps

struct EmulatedTile {
  int n_rows = 0, row_bytes = 0;
  unsigned char bytes[16][64] = {};
};
static thread_local EmulatedTile tiles[8];
static thread_local bool configured = false;

static void require(bool condition, const char* rule) {
  if (!condition) throw std::logic_error(std::string("a CPU with AMX would refuse this: ") + rule);
}

static EmulatedTile& tile_of(int number) {
  require(configured && number >= 0 && number < 8, "tiles are used between configuration and release");
  require(tiles[number].n_rows > 0 && tiles[number].row_bytes > 0, "the tile is configured");
  return tiles[number];
}

static void _tile_loadconfig(const void* config) {
  unsigned char bytes[64];
  std::memcpy(bytes, config, 64);
  require(bytes[0] == 1, "palette 1");
  for (int i = 1; i < 16; ++i) require(bytes[i] == 0, "start row and reserved bytes are zero");
  for (int number = 0; number < 16; ++number) {
    const int row_bytes = bytes[16 + 2 * number] + 256 * bytes[17 + 2 * number], n_rows = bytes[48 + number];
    require(number < 8 ? row_bytes <= 64 && n_rows <= 16 : row_bytes == 0 && n_rows == 0,
            "eight tiles of 1 KB");
    if (number < 8) tiles[number] = {n_rows, row_bytes, {}};
  }
  configured = true;
}

static void _tile_release() { configured = false; }

static void _tile_zero(int number) { std::memset(tile_of(number).bytes, 0, sizeof tiles[number].bytes); }

static void _tile_loadd(int number, const void* base, long stride) {
  EmulatedTile& tile = tile_of(number);
  for (int row = 0; row < tile.n_rows; ++row)
    std::memcpy(tile.bytes[row], static_cast<const char*>(base) + row * stride,
                static_cast<std::size_t>(tile.row_bytes));
}

static void _tile_stored(int number, void* base, long stride) {
  const EmulatedTile& tile = tile_of(number);
  for (int row = 0; row < tile.n_rows; ++row)
    std::memcpy(static_cast<char*>(base) + row * stride, tile.bytes[row],
                static_cast<std::size_t>(tile.row_bytes));
}

/// Denormal inputs and results are flushed to zero.
static float without_denormal(float number) {
  return std::fabs(number) < 0x1p-126f ? std::copysign(0.0f, number) : number;
}

static float bf16_at(const unsigned char* bytes) {
  std::uint16_t half;
  std::memcpy(&half, bytes, 2);
  return without_denormal(std::bit_cast<float>(std::uint32_t{half} << 16));
}

static void _tile_dpbf16ps(int sums, int left, int right) {
  EmulatedTile &c = tile_of(sums), &a = tile_of(left), &b = tile_of(right);
  require(sums != left && sums != right && left != right, "three different tiles");
  require(c.n_rows == a.n_rows && c.row_bytes == b.row_bytes && a.row_bytes == 4 * b.n_rows, "shapes fit");
  for (int m = 0; m < c.n_rows; ++m)
    for (int k = 0; k < a.row_bytes / 4; ++k)
      for (int n = 0; n < b.row_bytes / 4; ++n)
        for (int half = 0; half < 2; ++half) {
          float sum;
          std::memcpy(&sum, c.bytes[m] + 4 * n, 4);
          sum = without_denormal(
              std::fma(bf16_at(a.bytes[m] + 4 * k + 2 * half), bf16_at(b.bytes[k] + 4 * n + 2 * half), sum));
          std::memcpy(c.bytes[m] + 4 * n, &sum, 4);
        }
}
