#include "schedule/environment.h"

#include <gmock/gmock.h>

#include <map>

namespace ksweep {
namespace {

using ::testing::HasSubstr;

Lookup table(std::map<std::string, std::string> values) {
  return [values](const char* name) -> const char* {
    const auto found = values.find(name);
    return found == values.end() ? nullptr : found->second.c_str();
  };
}

// As printed by `env` in the batch script and in tasks of Slurm 22.05 with 4 tasks on 2 nodes.
const std::map<std::string, std::string> batch_script = {
    {"SLURM_NTASKS", "4"}, {"SLURM_NPROCS", "4"}, {"SLURM_PROCID", "0"}, {"SLURM_LOCALID", "0"}};
const std::map<std::string, std::string> step_without_pmi = {
    {"SLURM_NTASKS", "4"}, {"SLURM_PROCID", "1"}, {"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "4"}};

std::map<std::string, std::string> with(std::map<std::string, std::string> values, std::string name,
                                        std::string value) {
  values[name] = value;
  return values;
}

TEST(Environment, SeveralTasksOfSrunWithoutPmiAreRefusedBeforeMpiStarts) {
  EXPECT_EQ(launch_fault(table(step_without_pmi)),
            "You started 4 processes that do not know of each other (singletons), instead of 4 ranks: each "
            "would run the whole sweep into the same folder. Start them with `mpirun -n 4 ksweep …` or "
            "`srun --mpi=pmix ksweep …`, by the MPI that ksweep was built with.");
}

TEST(Environment, SrunWithAProcessManagerMayStartMpi) {
  EXPECT_EQ(launch_fault(table(with(step_without_pmi, "PMIX_RANK", "1"))), std::nullopt);
  EXPECT_EQ(launch_fault(table(with(step_without_pmi, "PMI_FD", "13"))), std::nullopt);
}

TEST(Environment, OneProcessInABatchScriptOfFourTasksIsFit) {
  EXPECT_EQ(launch_fault(table(batch_script)), std::nullopt);
  EXPECT_EQ(singleton_fault(table(batch_script), 1), std::nullopt);
}

TEST(Environment, SingletonsUnderSrunAreTold) {
  const auto fault = singleton_fault(table(with(step_without_pmi, "PMI_FD", "13")), 1);
  ASSERT_TRUE(fault);
  EXPECT_THAT(*fault, HasSubstr("You started 4 processes"));
}

TEST(Environment, SingletonsUnderAnotherMpisLauncherAreTold) {
  EXPECT_TRUE(singleton_fault(table({{"PMI_SIZE", "8"}, {"PMI_RANK", "3"}}), 1));
  EXPECT_TRUE(singleton_fault(table({{"OMPI_COMM_WORLD_SIZE", "2"}}), 1));
}

TEST(Environment, RanksThatFoundEachOtherAreFit) {
  EXPECT_EQ(singleton_fault(table({{"OMPI_COMM_WORLD_SIZE", "2"}}), 2), std::nullopt);
  EXPECT_EQ(singleton_fault(table(with(step_without_pmi, "PMIX_RANK", "1")), 4), std::nullopt);
}

TEST(Environment, ASingleProcessOfAnyLauncherIsFit) {
  EXPECT_EQ(singleton_fault(table({}), 1), std::nullopt);
  EXPECT_EQ(singleton_fault(table({{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}}), 1), std::nullopt);
  // `mpirun -n 1` in the shell of an interactive step of four tasks
  EXPECT_EQ(singleton_fault(table(with(step_without_pmi, "OMPI_COMM_WORLD_SIZE", "1")), 1), std::nullopt);
}

TEST(Environment, ARankThatMpirunStartedThroughSrunBelongsToMpirun) {
  EXPECT_EQ(launcher(table(with(step_without_pmi, "OMPI_COMM_WORLD_SIZE", "4"))), Launcher::mpirun);
  EXPECT_EQ(launcher(table(step_without_pmi)), Launcher::srun);
  EXPECT_EQ(launcher(table(batch_script)), Launcher::none);
}

}  // namespace
}  // namespace ksweep
