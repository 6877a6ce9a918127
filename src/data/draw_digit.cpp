#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

#include "base/random.h"
#include "data/digits.h"
#include "data/glyphs.h"

namespace ksweep {
namespace {

constexpr std::size_t n_pixels = digits_side * digits_side;

struct Point {
  double x, y;
};

/// How much writers and pens differ.  Lengths in units of the glyph's box unless they name pixels.
constexpr double jitter = 0.026;                           // displacement of each point of the path
constexpr double elastic = 0.06;                           // amplitude of the smooth distortion
constexpr double max_shear = 0.55;                         // slant to either side
constexpr double max_half_turn = 0.15;                     // tangent of half the angle of rotation
constexpr double least_height = 16.5, most_height = 20.5;  // pixels
constexpr double least_aspect = 0.7, most_aspect = 1.05;
constexpr double max_shift = 1.0;                        // pixels off the centre
constexpr double least_radius = 0.9, most_radius = 1.8;  // pixels: half the pen's width
constexpr int steps = 5;                                 // pieces of the path between two points

double uniform(RandomStream& random, double low, double high) {
  return low + (high - low) * 0x1p-32 * random.bits();
}

/// Draws the sum of four uniform numbers: mean 0, standard deviation 1, at most 3.5, without libm.
double bell(RandomStream& random) {
  double sum = -2;
  for (int i = 0; i < 4; ++i) sum += 0x1p-32 * random.bits();
  return sum * 1.7320508075688772;
}

/// A smooth field of displacements: random vectors on a lattice over the box and its surroundings.
class ElasticField {
 public:
  explicit ElasticField(RandomStream& random) {
    for (Point& node : nodes_) node = {elastic * bell(random), elastic * bell(random)};
  }
  Point at(Point where) const {
    const Cell x = cell(where.x), y = cell(where.y);
    const Point* row = nodes_.data() + y.first * n_side + x.first;
    const Point top = mix(row[0], row[1], x.part), bottom = mix(row[n_side], row[n_side + 1], x.part);
    return mix(top, bottom, y.part);
  }

 private:
  static constexpr std::size_t n_side = 4;
  struct Cell {
    std::size_t first;
    double part;
  };
  static Cell cell(double position) {
    const double scaled = std::clamp(position, 0.0, 0.9999) * (n_side - 1);
    const auto first = static_cast<std::size_t>(scaled);
    const double part = scaled - static_cast<double>(first);
    return {first, part * part * (3 - 2 * part)};
  }
  static Point mix(Point a, Point b, double part) {
    return {a.x + part * (b.x - a.x), a.y + part * (b.y - a.y)};
  }
  std::array<Point, n_side * n_side> nodes_;
};

/// Slant, rotation, size and aspect of one image: maps the box to pixels about the origin.
struct Affine {
  double xx, xy, yx, yy;
  explicit Affine(RandomStream& random) {
    const double shear = uniform(random, -max_shear * 0.6, max_shear);
    const double t = max_half_turn * bell(random) * 0.6;
    const double cosine = (1 - t * t) / (1 + t * t), sine = 2 * t / (1 + t * t);
    const double height = uniform(random, least_height, most_height);
    const double width = height * uniform(random, least_aspect, most_aspect);
    xx = width * cosine, xy = -shear * height * cosine - height * sine;
    yx = width * sine, yy = height * cosine - shear * height * sine;
  }
  Point operator()(Point p) const { return {xx * p.x + xy * p.y, yx * p.x + yy * p.y}; }
};

/// Returns a point of the Catmull-Rom spline between b and c.
Point on_spline(Point a, Point b, Point c, Point d, double t) {
  const auto blend = [t](double p, double q, double r, double s) {
    return q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)));
  };
  return {blend(a.x, b.x, c.x, d.x), blend(a.y, b.y, c.y, d.y)};
}

const Glyph& choose_glyph(int digit, RandomStream& random) {
  const auto glyphs = glyphs_of(digit);
  double total = 0;
  for (const Glyph& glyph : glyphs) total += glyph.weight;
  double left = uniform(random, 0, total);
  for (const Glyph& glyph : glyphs)
    if ((left -= glyph.weight) < 0) return glyph;
  return glyphs.back();
}

/// Returns the pen's path over one stroke, finely sampled, in pixels about the origin.
std::vector<Point> trace(const Stroke& stroke, const ElasticField& field, const Affine& affine,
                         RandomStream& random) {
  std::vector<Point> points;
  for (const PenPoint& point : stroke)
    points.push_back({point.x + jitter * bell(random), point.y + jitter * bell(random)});
  std::vector<Point> path;
  const auto draw_to = [&](Point p) {
    const Point moved = field.at(p);
    path.push_back(affine({p.x + moved.x - 0.5, p.y + moved.y - 0.5}));
  };
  draw_to(points[0]);
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const bool starts = i == 0 || stroke[i].corner, ends = i + 2 == points.size() || stroke[i + 1].corner;
    const Point before = points[starts ? i : i - 1], after = points[ends ? i + 1 : i + 2];
    for (int step = 1; step <= steps; ++step)
      draw_to(on_spline(before, points[i], points[i + 1], after, static_cast<double>(step) / steps));
  }
  return path;
}

/// Returns the paths' position on the paper: their extent is centred, then shifted at random.
Point placement(const std::vector<std::vector<Point>>& paths, RandomStream& random) {
  Point low{1e9, 1e9}, high{-1e9, -1e9};
  for (const auto& path : paths)
    for (const Point p : path) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
  const double middle = (digits_side - 1) / 2.0;
  return {middle - (low.x + high.x) / 2 + uniform(random, -max_shift, max_shift),
          middle - (low.y + high.y) / 2 + uniform(random, -max_shift, max_shift)};
}

/// Ink of each pixel, 0 to 1.
class Paper {
 public:
  /// Draws a line with a pen of this radius; the ink fades out over `blur` pixels at the edge.
  void draw_line(Point from, Point to, double radius, double blur) {
    const double reach = radius + blur;
    const Point along{to.x - from.x, to.y - from.y};
    const double length2 = along.x * along.x + along.y * along.y;
    const double scale = length2 > 0 ? 1 / length2 : 0;
    const int first_x = pixel(std::min(from.x, to.x) - reach), last_x = pixel(std::max(from.x, to.x) + reach);
    const int first_y = pixel(std::min(from.y, to.y) - reach), last_y = pixel(std::max(from.y, to.y) + reach);
    for (int y = first_y; y <= last_y; ++y)
      for (int x = first_x; x <= last_x; ++x) {
        const Point p{x - from.x, y - from.y};
        const double t = std::clamp((p.x * along.x + p.y * along.y) * scale, 0.0, 1.0);
        const Point off{p.x - t * along.x, p.y - t * along.y};
        const double distance2 = off.x * off.x + off.y * off.y;
        if (distance2 >= reach * reach) continue;
        const double inside = std::min(1.0, (reach - std::sqrt(distance2)) / (2 * blur));
        double& ink = ink_[static_cast<std::size_t>(y) * digits_side + static_cast<std::size_t>(x)];
        ink = std::max(ink, inside * inside * (3 - 2 * inside));
      }
  }
  const std::array<double, n_pixels>& ink() const { return ink_; }

 private:
  static int pixel(double position) {
    return static_cast<int>(std::clamp(position + 0.5, 0.0, digits_side - 1.0));
  }
  std::array<double, n_pixels> ink_{};
};

/// Draws a path along which the pen's pressure rises and falls.
void draw_path(Paper& paper, const std::vector<Point>& path, Point place, double radius, double blur,
               RandomStream& random) {
  const double start = radius * (1 + 0.2 * bell(random)), end = radius * (1 + 0.2 * bell(random));
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(path.size());
    const double pressure = std::max(0.5, start + part * (end - start));
    paper.draw_line({path[i].x + place.x, path[i].y + place.y},
                    {path[i + 1].x + place.x, path[i + 1].y + place.y}, pressure, blur);
  }
}

/// Adds grain to the ink and a few specks to the paper, and quantises to 8 bits.
void develop(const std::array<double, n_pixels>& ink, std::span<std::uint8_t> image, RandomStream& random) {
  const double darkness = uniform(random, 0.8, 1.1), grain = uniform(random, 0.02, 0.14);
  for (std::size_t i = 0; i < n_pixels; i += 2) {
    const std::uint32_t bits = random.bits();
    const double noise[2] = {static_cast<double>(bits & 0xffff) * 0x1p-15 - 1,
                             static_cast<double>(bits >> 16) * 0x1p-15 - 1};
    for (std::size_t j = 0; j < 2; ++j) {
      const bool speck = ink[i + j] == 0 && noise[j] > 0.99;
      const double level = speck ? grain : ink[i + j] * (darkness + 1.7 * grain * noise[j]);
      // NOLINTNEXTLINE(bugprone-incorrect-roundings): of a number that is not negative
      image[i + j] = static_cast<std::uint8_t>(std::clamp(level, 0.0, 1.0) * 255 + 0.5);
    }
  }
}

}  // namespace

int draw_digit(std::uint64_t seed, std::uint32_t part, std::uint64_t index, std::span<std::uint8_t> image) {
  assert(image.size() == n_pixels);
  RandomStream random(seed, Purpose::digits, part, index);
  const int digit = static_cast<int>(random.below(10));
  const Glyph& glyph = choose_glyph(digit, random);
  const ElasticField field(random);
  const Affine affine(random);

  std::vector<std::vector<Point>> paths;
  for (const Stroke& stroke : glyph.strokes) paths.push_back(trace(stroke, field, affine, random));
  const Point place = placement(paths, random);
  const double radius = uniform(random, least_radius, most_radius), blur = uniform(random, 0.4, 0.9);
  Paper paper;
  for (const auto& path : paths) draw_path(paper, path, place, radius, blur, random);
  develop(paper.ink(), image, random);
  return digit;
}

}  // namespace ksweep
