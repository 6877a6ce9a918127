// Product of bf16 pairs in AMX tiles.  Included by versions.cpp, and by a test that defines its own _tile_…
// functions.
#pragma once

/// Layout of the tile configuration: Intel SDM volume 1, section 18.3.  All eight tiles have 16 rows of 64
/// bytes: 16 units or pairs by 16 pairs, samples or sums.  Constant, since _tile_loadconfig of GCC 12
/// declares only 8 bytes as read.
struct TileConfig {
  std::uint8_t palette, start_row, reserved[14];
  std::uint16_t row_bytes[16];
  std::uint8_t n_rows[16];
};
alignas(64) static const TileConfig tile_config = {
    1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
static_assert(sizeof(TileConfig) == 64);

constexpr long group_row = lanes * 4;  // bytes between rows of B and of C

/// Pairs [begin, end) of the inner dimension.  Sums go on from those of the pairs before, which C holds.
struct Inner {
  int begin, end;
};

/// Starts the sums of one tile.
#define KSWEEP_START_TILE(tile, c) \
  if (inner.begin == 0)            \
    _tile_zero(tile);              \
  else                             \
    _tile_loadd(tile, c, group_row)

/// Computes two tiles of units by two groups.  Tiles 0 to 3 hold sums, 4 and 5 units, 6 and 7 samples.
static void block_2x2(const Product& p, Inner inner, int row, int group, Ahead& ahead) {
  const long a_row = 4 * p.a_row;  // bytes
  const float* a = p.a + row * p.a_row + inner.begin;
  const float* b = p.b + group * p.b_group + inner.begin * lanes;
  float* const c = p.c + row * lanes + group * p.c_group;
  KSWEEP_START_TILE(0, c);
  KSWEEP_START_TILE(1, c + p.c_group);
  KSWEEP_START_TILE(2, c + lanes * lanes);
  KSWEEP_START_TILE(3, c + lanes * lanes + p.c_group);
  for (int q = inner.begin; q < inner.end; q += lanes, a += lanes, b += lanes * lanes) {
    fetch(p, ahead);
    _tile_loadd(4, a, a_row);
    _tile_loadd(5, a + lanes * p.a_row, a_row);
    _tile_loadd(6, b, group_row);
    _tile_loadd(7, b + p.b_group, group_row);
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 4, 7);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, group_row);
  _tile_stored(1, c + p.c_group, group_row);
  _tile_stored(2, c + lanes * lanes, group_row);
  _tile_stored(3, c + lanes * lanes + p.c_group, group_row);
}

/// Computes one tile of units by one group.
static void block_1x1(const Product& p, Inner inner, int row, int group, Ahead& ahead) {
  const float* a = p.a + row * p.a_row + inner.begin;
  const float* b = p.b + group * p.b_group + inner.begin * lanes;
  float* const c = p.c + row * lanes + group * p.c_group;
  KSWEEP_START_TILE(0, c);
  for (int q = inner.begin; q < inner.end; q += lanes, a += lanes, b += lanes * lanes) {
    fetch(p, ahead);
    _tile_loadd(4, a, 4 * p.a_row);
    _tile_loadd(6, b, group_row);
    _tile_dpbf16ps(0, 4, 6);
  }
  _tile_stored(0, c, group_row);
}
#undef KSWEEP_START_TILE

/// Computes all units by one or two groups.
static void columns(const Product& p, Inner inner, int group, Ahead& ahead) {
  for (int row = 0; row < p.n_rows; row += 2 * lanes) {
    const int n_groups = group + 1 < p.n_groups ? 2 : 1, n_tiles = row + lanes < p.n_rows ? 2 : 1;
    if (n_groups == 2 && n_tiles == 2) {
      block_2x2(p, inner, row, group, ahead);
      continue;
    }
    for (int tile = 0; tile < n_tiles; ++tile)
      for (int g = 0; g < n_groups; ++g) block_1x1(p, inner, row + tile * lanes, group + g, ahead);
  }
}

/// The inner dimension is taken in parts, so that those of two groups stay in the nearest cache, and there is room for units.
static void product_of_pairs(const Product& p) {
  constexpr int most_inner = 96;  // 12 KB a group
  const int n_parts = (p.n_inner + most_inner - 1) / most_inner, n_tiles = p.n_inner / lanes;
  Ahead ahead = plan_ahead(p);
  asm volatile("" ::: "memory");  // GCC 12 does not know that _tile_loadd reads memory
  _tile_loadconfig(&tile_config);
  for (int group = 0; group < p.n_groups; group += 2)
    for (int part = 0; part < n_parts; ++part)
      columns(p, {n_tiles * part / n_parts * lanes, n_tiles * (part + 1) / n_parts * lanes}, group, ahead);
  _tile_release();
}
