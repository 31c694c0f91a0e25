import Foundation
import TestSupport
import Testing

/// Limits of all processes together, where they really are: under the kernel's controllers of version 2 and an ordinary
/// user's own systemd, in a session of logind.
@Suite(
    .enabled(if: StaticBuild.folder != nil, "\(StaticBuild.need)"),
    .enabled(if: VirtualMachine.isPossible, "needs qemu-system-x86, mmdebstrap, mke2fs and root"),
    .enabled(if: RunContainer.isPossible))
struct LimitTests {
    @Test func hold() throws {
        let box = try RunContainer()
        _ = try Program("cp", "-r", "\(StaticBuild.folder ?? "")/root/bin", box.folder("bin")).run()
        try box.folder.write(
            """
            export PATH=/payload/bin:$PATH; cd /payload
            d-run --memory 64M box sh -c 'tail /dev/zero; echo alone $?'
            d-run --memory 64M box tail /dev/zero; echo $?
            d-run --memory 100K box true; echo $?
            d-run --pids 1 box true; echo $?
            d-run --pids 3 box sh -c 'sleep 9 & sleep 9 & sleep 9 & echo never'; echo $?
            d-run --memory 64M --cpus 0.2 --pids 9 box sh -c 'while [ ! -e /stop ]; do :; done' & run=$!
            group=/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice
            until grep -qs 'nr_throttled [1-9]' $group/run-*.scope/cpu.stat; do sleep 0.1; done
            cat $group/run-*.scope/{memory,cpu,pids}.max
            d-exec box tail /dev/zero; echo $?
            touch box/rootfs/stop; wait $run; echo $?
            """, to: "limits")
        let output = try VirtualMachine.run(
            "su --login user --command 'bash /payload/limits 2>&1'", payload: box.folder)
        let kill =
            "d-run: the container reached its limit of memory, and the kernel killed 1 of its processes; give it more "
        #expect(
            output == """
                Killed
                alone 137
                \(kill)with --memory
                \(kill)with --memory
                137
                d-run: the container was killed, it seems because its limit of memory is too small for d-run itself
                137
                0
                sh: can't fork: Resource temporarily unavailable
                2
                67108864
                20000 100000
                12
                137
                \(kill)with --memory
                0

                """)
    }
}
