/**
 * Commands for bash or zsh that need only curl: a customer registers, logs in with both factors, opens two wallets,
 * deposits into one and pays from it into the other.
 */
export function firstTransfer(edgeUrl: string, sandboxUrl: string): string {
  return [
    `API=${edgeUrl}/v1 SANDBOX=${sandboxUrl} EMAIL=ada$RANDOM@example.com PHONE=1415555$((1000 + RANDOM % 9000))`,
    `field() { grep -o "\\"$1\\":\\"[^\\"]*\\"" | head -1 | cut -d'"' -f4; }`,
    `post() { curl -s "$API/$1" -H 'Content-Type: application/json' -H "Authorization: Bearer $TOKEN" \\`,
    `  -H "Idempotency-Key: $RANDOM-$RANDOM" -d "$2"; }`,
    `read_sandbox() { until curl -s "$SANDBOX/$1" | grep -owE "$2"; do sleep 0.2; done | tail -1; }`,
    `post customers '{"fullName":"Ada Lovelace","email":"'$EMAIL'","phone":"+'$PHONE'","password":"analytical engine 1843"}'; echo`,
    `LINK=$(read_sandbox "mail/messages?to=$EMAIL" 'token=[A-Za-z0-9_-]+')`,
    `post customers/verify-email '{"token":"'\${LINK#token=}'"}'; echo`,
    `LOGIN=$(post sessions '{"email":"'$EMAIL'","password":"analytical engine 1843"}' | field challengeId)`,
    `CODE=$(read_sandbox "sms/messages?to=%2B$PHONE" '[0-9]{6}')`,
    `TOKEN=$(post sessions/$LOGIN/otp '{"code":"'$CODE'"}' | field accessToken)`,
    `FROM=$(post wallets '{"walletType":"personal-usd","name":"Main"}' | field id)`,
    `TO=$(post wallets '{"walletType":"business-usd","name":"Shop"}' | field id)`,
    `post deposits '{"walletId":"'$FROM'","amount":10000,"currency":"USD","fundingToken":"tok_ok"}'; echo`,
    `post transactions '{"type":"transfer","sourceWalletId":"'$FROM'","destinationWalletId":"'$TO'","amount":2500,"currency":"USD"}'; echo`,
    `curl -s "$API/wallets/$FROM/statement" -H "Authorization: Bearer $TOKEN"; echo`,
  ]
    .map((line) => `  ${line}`)
    .join('\n');
}
