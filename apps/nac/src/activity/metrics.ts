/**
 * Metrics, for Prometheus.
 *
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What is known only at the moment somebody looks. */
export interface Levels {
  readonly devices: number
  readonly nonCompliant: number
  /** Seconds since the console said so; absent before it ever did. */
  readonly ageSeconds: number | undefined
  readonly certificateSecondsLeft: number
  readonly waitingActions: number
}

export class Metrics {
  readonly #registry = new Registry()
  readonly requests = new Counter({
    name: 'sallygate_nac_requests_total',
    help: 'Requests by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    registers: [this.#registry],
  })
  readonly refusals = new Counter({
    name: 'sallygate_nac_refusals_total',
    help: 'Requests refused before they were looked at, by why.',
    labelNames: ['why'],
    registers: [this.#registry],
  })
  readonly seconds = new Histogram({
    name: 'sallygate_nac_request_seconds',
    help: 'Time from a request’s headers to its answer, by kind.',
    labelNames: ['kind'],
    // Cisco’s expectation of 200 ms and its limit of 300 ms are among the steps.
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 1, 3],
    registers: [this.#registry],
  })
  readonly #gauges: Readonly<Record<keyof Levels, Gauge>>
  readonly #levels: () => Levels

  constructor(levels: () => Levels) {
    this.#levels = levels
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [this.#registry] })
    this.#gauges = {
      devices: gauge('sallygate_nac_devices', 'Devices in the read-model.'),
      nonCompliant: gauge('sallygate_nac_devices_non_compliant', 'Registered devices that are not compliant.'),
      ageSeconds: gauge(
        'sallygate_nac_read_model_age_seconds',
        'Seconds since the console last confirmed the read-model; -1 when it never did.',
      ),
      certificateSecondsLeft: gauge('sallygate_nac_certificate_seconds_left', 'Until the TLS certificate ends.'),
      waitingActions: gauge('sallygate_nac_actions_waiting', 'Actions that the console has not taken over yet.'),
    }
  }

  async text(): Promise<string> {
    for (const [name, level] of Object.entries(this.#levels())) this.#gauges[name as keyof Levels].set(level ?? -1)
    return this.#registry.metrics()
  }

  readonly contentType = this.#registry.contentType
}
