/**
 * The process, under the names every dashboard knows.
 *
 * Read when somebody looks, and without the library's own collector: that one keeps a
 * watcher of the garbage collector for as long as the process lives.
 *
 * @module
 */
import { performance } from 'node:perf_hooks'
import { Gauge, type Registry } from 'prom-client'

export function addProcessMetrics(registry: Registry): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('process_resident_memory_bytes', 'Memory the process holds', () => process.memoryUsage.rss())
  gauge('nodejs_heap_size_used_bytes', 'Memory its objects take', () => process.memoryUsage().heapUsed)
  gauge('process_cpu_seconds_total', 'Processor time used, user and system', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  gauge('process_start_time_seconds', 'When it started, since 1970', () => performance.timeOrigin / 1000)
  let before = performance.eventLoopUtilization()
  gauge('nodejs_eventloop_utilization', 'Share of the time since the last look that the process was busy', () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, before)
    before = now
    return utilization
  })
}
