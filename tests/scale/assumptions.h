#pragma once

#include <array>
#include <string_view>

namespace ksweep {

/// A cluster, the files, and speeds that no function of the program tells.  All are round numbers, chosen and not measured.
struct Assumptions {
  double samples = 1e9, number_bytes = 2;
  double cores = 64, memory_gb = 256;
  double read_latency_ms = 0.5, read_bytes = 4096;
  double shared_reads_per_s = 1e6, node_reads_per_s = 1e5;
  double shared_gb_per_s = 100, node_gb_per_s = 5;
  double disk_latency_ms = 0.1, disk_reads_per_s = 5e5;
  double one_thread_gb_per_s = 1, write_gb_per_s = 1, shared_write_gb_per_s = 50;
  double message_delay_us = 20, exchange_gb_per_s = 20;
};

/// One row of the table of assumptions.
struct Assumption {
  std::string_view name;
  double Assumptions::*value;
  const char* meaning;
};

inline constexpr std::array<Assumption, 17> assumptions{{
    {"samples", &Assumptions::samples, "samples in the files"},
    {"number_bytes", &Assumptions::number_bytes, "bytes of a number in the files: bfloat16"},
    {"cores", &Assumptions::cores, "cores of a node"},
    {"memory_gb", &Assumptions::memory_gb, "memory of a node, GB"},
    {"read_latency_ms", &Assumptions::read_latency_ms, "a scattered read of shared storage, ms"},
    {"read_bytes", &Assumptions::read_bytes, "bytes that it moves at least: a page"},
    {"shared_reads_per_s", &Assumptions::shared_reads_per_s, "scattered reads a second, all nodes together"},
    {"node_reads_per_s", &Assumptions::node_reads_per_s, "scattered reads a second, one node"},
    {"shared_gb_per_s", &Assumptions::shared_gb_per_s, "GB read a second, all nodes together"},
    {"node_gb_per_s", &Assumptions::node_gb_per_s, "GB read a second, one node"},
    {"disk_latency_ms", &Assumptions::disk_latency_ms, "a scattered read of a node's own disk, ms"},
    {"disk_reads_per_s", &Assumptions::disk_reads_per_s, "scattered reads a second, one disk"},
    {"one_thread_gb_per_s", &Assumptions::one_thread_gb_per_s,
     "GB of single-precision numbers that a thread reads, checks or hashes a second"},
    {"write_gb_per_s", &Assumptions::write_gb_per_s, "GB that a rank writes a second"},
    {"shared_write_gb_per_s", &Assumptions::shared_write_gb_per_s, "GB written a second, all nodes together"},
    {"message_delay_us", &Assumptions::message_delay_us, "a message on the network, one way, µs"},
    {"exchange_gb_per_s", &Assumptions::exchange_gb_per_s,
     "GB of gradients that the ranks of a node sum a second"},
}};

}  // namespace ksweep
