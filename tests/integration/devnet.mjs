// A personal data server and a directory of Bluesky's own code, on this machine alone.
// node devnet.mjs PDS-PORT PLC-PORT; it ends when its standard input does.
import net from 'node:net'
// The development network binds every address: bind one.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
  return typeof port === 'number'
    ? listen.call(this, { port, host: '127.0.0.1' }, ...rest.filter((one) => typeof one === 'function'))
    : listen.call(this, port, ...rest)
}
const { TestNetworkNoAppView } = await import('@atproto/dev-env')
const [pds, plc] = process.argv.slice(2).map(Number)
await TestNetworkNoAppView.create({ pds: { port: pds, hostname: 'localhost' }, plc: { port: plc } })
process.stdout.write('walloff-ready\n')
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
