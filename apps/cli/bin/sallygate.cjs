#!/usr/bin/env node
/*
 * The launcher: finds a Node that can run Sallygate, then hands over to it.
 *
 * CommonJS and old syntax on purpose: this file must parse on whatever Node the
 * machine has. The sources need Node 24 or newer (type stripping, ML-KEM); npm has
 * installed one beside us as an optional dependency, locked like any other.
 */
'use strict'
var path = require('path')
var main = path.join(__dirname, '..', 'src', 'main.ts')
var floor = 24

if (Number(process.versions.node.split('.')[0]) >= floor) {
  import(require('url').pathToFileURL(main).href)
    .then(function (program) {
      return program.main()
    })
    .catch(function (error) {
      console.error(error)
      process.exit(70)
    })
} else {
  handOver(findRuntime())
}

function findRuntime() {
  var platform = process.platform === 'win32' ? 'win' : process.platform
  // npm's package for Apple silicon was published under another name than its siblings.
  var prefix = platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-' : 'node-'
  try {
    var manifest = require.resolve(prefix + platform + '-' + process.arch + '/package.json')
    return path.join(path.dirname(manifest), 'bin', platform === 'win' ? 'node.exe' : 'node')
  } catch {
    console.error('Sallygate needs Node ' + floor + ' or newer; this is ' + process.version + '.')
    console.error('Run npm ci in the Sallygate directory (it installs one), or install Node ' + floor + ' yourself.')
    process.exit(78)
  }
}

function handOver(runtime) {
  var child = require('child_process').spawn(runtime, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' })
  // The terminal signals the whole process group; forwarding as well would make the child see each signal twice,
  // and a second one means "stop now". Only what a supervisor sends to this process alone is passed on.
  process.on('SIGINT', function () {})
  process.on('SIGTERM', function () {
    child.kill('SIGTERM')
  })
  process.on('SIGHUP', function () {
    child.kill('SIGHUP')
  })
  child.on('exit', function (code, signal) {
    process.exit(signal ? 1 : code)
  })
}
