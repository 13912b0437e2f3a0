/** What one connection says, in order. */
export interface Exchange {
  readonly name: string;
  readonly serverPort: number;
  readonly messages: readonly Message[];
}

export interface Message {
  readonly from: 'client' | 'server';
  readonly bytes: Uint8Array;
}

export const HTTP_EXCHANGE: Exchange = {
  name: 'HTTP',
  serverPort: 80,
  messages: [
    {
      from: 'client',
      bytes: Buffer.from('GET / HTTP/1.1\r\nHost: short.weixin.qq.com\r\nConnection: close\r\nAccept: */*\r\n\r\n'),
    },
    {
      from: 'server',
      bytes: Buffer.from(
        'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/plain\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n',
      ),
    },
  ],
};
