// What commands say beside their data; `{key}` is filled in.
#pragma once

#include "tools/welfarectl/session/translation.h"

namespace welfare::ctl {

inline constexpr Translation kSaidPhrases[] = {
    {"Error: {message}", "エラー: {message}"},
    {"reason: {reason}", "理由コード: {reason}"},
    {"{what}: {percent}%, {records} records, {path}",
     "{what}: {percent}%、{records}件、{path}"},
    {"{percent}% {records} records, {rate}/s, {left} left",
     "{percent}% {records}件、毎秒{rate}件、残り{left}"},
    {"read {rows} = created {created} + updated {updated} + unchanged "
     "{unchanged} + deleted {deleted} + rejected {rejected}",
     "読込 {rows} = 新規 {created} + 更新 {updated} + 変更なし {unchanged} + "
     "削除 {deleted} + 拒否 {rejected}"},
    {"{count} stored values that no record names are taken back.",
     "ファイルに行のない保存済みの値を {count} 件消します。"},
    {"{path}: its records are sorted by round and respondent.",
     "{path}: 行を調査回と回答者の順に並べ替えます。"},
    {"The rounds stay open, for {count} records were refused: welfarectl "
     "round close.",
     "{count} 件の行が拒否されたので、調査回は開いたままです: welfarectl round "
     "close"},
    {"Some of what would change:", "変更される内容の一部:"},
    {"{count} mapping", "読替え表 {count} 件"},
    {"{count} mappings", "読替え表 {count} 件"},
    {"There is no such mapping.", "該当する読替え表はありません。"},
    {"its first uses were not counted", "初めの使用は数えていません"},
    {"Differences, stored and in the file:",
     "相違（保存されている値と、ファイルの値）:"},
    {"{count} differences written to {path}",
     "相違 {count} 件を {path} に書き出しました"},
    {"Nothing is written yet. The plan stands in {path}: welfarectl backfill "
     "apply --plan {path}",
     "まだ何も書き込んでいません。計画は {path} にあります: welfarectl "
     "backfill apply --plan {path}"},
    {"What was answered is written. The same command goes on from there: "
     "welfarectl backfill apply --plan {path}",
     "応答のあった分は書き込まれています。同じコマンドで続きから再開できます: "
     "welfarectl backfill apply --plan {path}"},
    {"The platform holds what the files say.",
     "保存されている内容はファイルと一致しています。"},
    {"The platform does not hold what the files say.",
     "保存されている内容はファイルと一致していません。"},
    {"candidates", "候補"},
    {"current etag", "現在のetag"},
    {"etag sent", "送ったetag"},
    {"Is the platform running, and is --server right? Then run the same "
     "command again; what was acknowledged is kept.",
     "基盤が動いているか、--server "
     "が正しいかを確認して、同じコマンドをもう一度実行してください。応答のあっ"
     "た分は保存されています。"},
    {"Run it again, with a longer --timeout if need be.",
     "もう一度実行してください。必要なら --timeout を長くしてください。"},
    {"Somebody else changed it: read it again and repeat the change.",
     "ほかの人が変更しました。読み直してから、もう一度変更してください。"},
    {"Give a valid token with --token-file, or an API key with "
     "--api-key-file.",
     "--token-file で有効なトークンを、または --api-key-file でAPIキーを指定し"
     "てください。"},
    {"Key {id} of {subject} is good until {end}. It is shown this once: keep "
     "it where its owner alone can read it.",
     "キー {id}（{subject}）は {end} まで有効です。表示は今回限りです。持ち主だ"
     "けが読める場所に保管してください。"},
    {"Key {id} of {subject} is revoked; a gateway that reads this file refuses "
     "it within three seconds.",
     "キー {id}（{subject}）を失効させました。このファイルを読むゲートウェイは3"
     "秒以内に拒否します。"},
    {"{count} key", "APIキー {count} 件"},
    {"{count} keys", "APIキー {count} 件"},
    {"The file holds no key.", "ファイルにAPIキーはありません。"},
    {"in force", "有効"},
    {"expired", "期限切れ"},
    {"revoked", "失効"},
    {"Interrupted.", "中断しました。"},
    {"(no room for {columns}; --output csv has everything)",
     "（幅が足りないため {columns} を省きました。--output csv "
     "ではすべて出力します）"},
    {"taken back", "取り消し"},
    {"in force again", "再び有効"},
    {"correction", "訂正"},
    {"{count} lineage event", "合併・分割・名称変更 {count} 件"},
    {"{count} lineage events", "合併・分割・名称変更 {count} 件"},
    {"No merger, split or rename is recorded.",
     "合併・分割・名称変更の登録はありません。"},
    {"FY{year}", "{year}年度"},
    {"FY{from} to FY{to}", "{from}年度から{to}年度"},
    {"{count} of {all} municipalities, {years}",
     "{all} 自治体のうち {count} 自治体（{years}）"},
    {"{count} of {all} municipalities, {years}; the others are themselves",
     "{all} 自治体のうち {count} "
     "自治体（{years}）。ほかの自治体は変わりません。"},
    {"There is no municipality in that year.",
     "その年度の自治体はありません。"},
    {"All {all} municipalities are themselves, {years}.",
     "{all} 自治体はどれも変わりません（{years}）。"},
    {"since before the records", "記録の始まる前から"},
    {"since before the records to FY{to}", "記録の始まる前から{to}年度"},
    {"from FY{from} on", "{from}年度から"},
    {"{name} (checked)", "{name}（確認済み）"},
    {"{name} (unchecked)", "{name}（未確認）"},
    {"exists", "存続"},
    {"ends", "消滅"},
    {"(the usual)", "（通例）"},
    {"(none)", "（なし）"},
    {"from FY{year}: {what}", "{year}年度から: {what}"},
    {"what version {version} said is taken back",
     "版 {version} の内容を取り消し"},
    {"{program} FY{year}", "{program} {year}年度"},
    {"implementing {implementing}, preparation {preparation}",
     "実施 {implementing}、準備 {preparation}"},
    {"{what}: taken back (was {facts})", "{what}: 取り消し（{facts}）"},
    {"{what}: correction taken back, again as in version {version}: {facts}",
     "{what}: 訂正を取り消し、版 {version} に戻す: {facts}"},
    {"{what}: {facts} (correction)", "{what}: {facts}（訂正）"},
    {"{count} recorded about {name}, times in Asia/Tokyo",
     "{name} の登録 {count} 件（日時は日本時間）"},
    {"Nothing of this kind is recorded about {name}.",
     "{name} について、この種の登録はありません。"},
    {"{count} municipality{status}, FY{year}, registry version {version}",
     "{count} 自治体{status}（{year}年度、台帳の版 {version}）"},
    {"{count} municipalities{status}, FY{year}, registry version {version}",
     "{count} 自治体{status}（{year}年度、台帳の版 {version}）"},
    {"No municipality{status} in FY{year}, registry version {version}.",
     "該当する自治体はありません{status}（{year}年度、台帳の版 {version}）。"},
    {"{count} municipalities of FY{year}, registry version {version}",
     "{count} 自治体（{year}年度、台帳の版 {version}）"},
    {"{count} programme", "事業 {count} 件"},
    {"{count} programmes", "事業 {count} 件"},
    {"There is no programme.", "事業の登録はありません。"},
    {"Dry run: nothing was written.",
     "確認だけを行いました。何も書き込んでいません。"},
    {"{kind} on {date}: {from} -> {to}", "{date} {kind}: {from} -> {to}"},
    {"taken back: {what}", "取り消し: {what}"},
    {"Implementing in {here} and in {there}", "{here}と{there}の実施自治体"},
    {"only {year}", "{year}だけ"},
    {"both", "両方"},
    {"other year open", "他年度は不明"},
    {"{name}, registry version {version}", "{name}、台帳の版 {version}"},
    {"{count} implementing ({new} new, marked *{perhaps}), {rest} not, of "
     "these {preparing} in preparation{unrecorded}",
     "実施 {count}（うち新規 {new}、* の印{perhaps}）、未実施 "
     "{rest}（うち準備中 {preparing}）{unrecorded}"},
    {"; {count} new or not, marked ?: no record for the year before",
     "、新規か不明 {count}、? の印、前年度の記録なし"},
    {", {count} without a record", "、記録なし {count}"},
    {"implementing", "実施"},
    {"not implementing", "未実施"},
    {"in preparation", "準備中"},
    {"the rest", "その他"},
    {"no record", "記録なし"},
    {"left", "終了"},
    {"all", "全体"},
    {"# implementing, + preparing; a mark is one municipality",
     "# は実施、+ は準備中。印一つが一自治体です"},
    {"# implementing, + preparing; a mark is up to {count} municipalities",
     "# は実施、+ は準備中。印一つが {count} 自治体までです"},
    {"? others may be new: the year before has no record of them",
     "? ほかにも新規の可能性があります（前年度の記録なし）"},
    {"{count} more on record never ran it nor are known to have begun to "
     "prepare",
     "ほかに {count} 自治体は、実施も準備の開始も記録されていません"},
    {" in force", "（有効なもの）"},
    {"{count} record{in_force}, times in Asia/Tokyo",
     "記録 {count} 件{in_force}（日時は日本時間）"},
    {"{count} records{in_force}, times in Asia/Tokyo",
     "記録 {count} 件{in_force}（日時は日本時間）"},
    {"No such record.", "該当する記録はありません。"},
    {"{count} records in force", "有効な記録 {count} 件"},
    {"{done} of {all} sheets are in {path}. The same command goes on from "
     "there.",
     "{all}枚のうち{done}枚が {path} にあります。同じコマンドで続きから再開で"
     "きます。"},
    {"{done} of {all} sheets", "{all}枚のうち{done}枚"},
    {"{path}: {fetched} sheets fetched, {kept} were there",
     "{path}: {fetched}枚を保存、{kept}枚は保存済み"},
    {"{path}: {bytes} bytes, sha256 {digest}",
     "{path}: {bytes} バイト、sha256 {digest}"},
    {"; {count} shown", "（うち {count} 件を表示）"},
    {"{count} of the definitions would not fit{shown}:",
     "定義 {count} 件が合いません{shown}:"},
    {"{count} places of templates would not fit{shown}:",
     "ひな型の {count} か所が合いません{shown}:"},
    {"line {line}, {place}", "{line}行目 {place}"},
    {"The template fits; nothing is stored.",
     "ひな型に問題はありません。保存はしていません。"},
    {"The indicator service could not be asked what would not fit: {message}",
     "指標サービスに確認できませんでした: {message}"},
    {"The report service could not be asked what would not fit: {message}",
     "報告書サービスに確認できませんでした: {message}"},
    {"Not published. Mend the codebook or the definitions, or publish it all "
     "the same with --accept-misfits; what does not fit is left out of figures "
     "and reports.",
     "公開していません。調査票または定義を直すか、--accept-misfits "
     "を付けてそのまま公開してください。合わないものは集計値と報告書に含まれま"
     "せん。"},
    {"Not published. Ask again when the service answers, or publish it all the "
     "same with --accept-misfits; what does not fit is left out of figures and "
     "reports.",
     "公開していません。サービスが応答するようになってからもう一度実行するか、-"
     "-accept-misfits "
     "を付けてそのまま公開してください。合わないものは集計値と報告書に含まれま"
     "せん。"},
    {"Deleted {name}.", "{name} を削除しました。"},
    {"late", "期限後"},
    {"{id}  {state}, revision {revision}, round revision {round}{synthetic}",
     "{id}  {state}、改訂 {revision}、調査の改訂 {round}{synthetic}"},
    {", 架空 (synthetic)", "、架空"},
    {"Round revision {revision}: {count} submissions ({states}){synthetic}.",
     "調査の改訂 {revision}: 提出物 {count} 件（{states}）{synthetic}。"},
    {"{population}  n={base}{multiple}, size {size}, answers of "
     "FY{year}{synthetic}",
     "{population}  n={base}{multiple}、対象 "
     "{size}、{year}年度の回答{synthetic}"},
    {" (undecided: {count})", "（未確定: {count}）"},
    {"{all} statements: {met} met, {not_met} not met, {other} not computable",
     "記述 {all} 件: 一致 {met}、不一致 {not_met}、集計できないもの {other}"},
    {"{path}: read as {encoding}; --encoding names another.",
     "{path}: {encoding} として読み込みました。異なる場合は --encoding "
     "で指定してください。"},
    {"... and {count} more; --rejects FILE writes them all.",
     "ほかに {count} 件あります。--rejects ファイル名 ですべて書き出します。"},
    {"{done} of {all} records", "{all} 件中 {done} 件"},
    {"{what} Run the same command again: what is written comes out as "
     "unchanged.",
     "{what}"
     "同じコマンドをもう一度実行してください。書き込み済みの分は「変更なし」に"
     "なります。"},
    {"It was a dry run: nothing is written.",
     "確認だけのため、何も書き込まれていません。"},
    {"The end of the file was sent: all of it is written, or nothing.",
     "ファイルの終わりまで送りました。全体が書き込まれたか、何も書き込まれてい"
     "ないかのどちらかです。"},
    {"Nothing is written: the file is one transaction.",
     "何も書き込まれていません（ファイル全体を一度に書き込むため）。"},
    {"Nothing is written.", "何も書き込まれていません。"},
    {"No answer yet; the batch from line {line} of {file} may be written.",
     "まだ応答がありません。{file} の {line} "
     "行目からの分は書き込まれた可能性があります。"},
    {"Taken are {rows} records ({created} created, {updated} updated, "
     "{unchanged} unchanged, {deleted} deleted, {rejected} rejected){batch}.",
     "{rows} 件を処理しました（作成 {created}、更新 {updated}、変更なし "
     "{unchanged}、削除 {deleted}、却下 {rejected}）{batch}。"},
    {"; the batch from line {line} of {file} may be written",
     "。{file} の {line} 行目からの分は書き込まれた可能性があります"},
    {"{count} faults written to {path}",
     "{count} 件の誤りを {path} に書き出しました"},
    {"The service counts {count} and names no more; mend these and run it "
     "again.",
     "誤りは全部で {count} "
     "件あり、示せるのはここまでです。これらを直してから、もう一度実行してくだ"
     "さい。"},
    {"Nothing of the file is taken: {faulty} of its {rows} records are at "
     "fault, and it is one transaction.",
     "ファイルは取り込まれていません。{rows} 件中 {faulty} "
     "件に誤りがあり、全体を一度に書き込むためです。"},
    {"{service}: {done} of {all} records", "{service}: {all} 件中 {done} 件"},
    {"{count} record", "{count} 件"},
    {"{count} records", "{count} 件"},
    {"There is no record.", "記録はありません。"},
    {"Saved {count} heads to {path}. Keep the file where nobody who can write "
     "the databases can write.",
     "{count} 件の検証値を {path} "
     "に保存しました。データベースに書き込める人が書き込めない場所に保管してく"
     "ださい。"},
    {"{service}: record {record} is not what it was when the service read it.",
     "{service}: 記録 {record} 番が、サービスが読んだときの内容と異なります。"},
    {"{service}: the log ends with {size} records, but had {saved} when the "
     "head was saved: those from record {size} on are gone.",
     "{service}: 記録は {size} 件しかありません。検証値の保存時は {saved} "
     "件でした。{size} 番からの記録が失われています。"},
    {"{service}: among the first {saved} records one or more were replaced "
     "together with all hashes: they do not fit the saved head. An older head "
     "says whether it was before that.",
     "{service}: 初めの {saved} "
     "件の中に、ハッシュ値ごと差し替えられた記録があります。保存した検証値と一"
     "致しません。より古い検証値があれば、範囲を絞れます。"},
    {"{service}: record {record} is missing, though later ones are there.",
     "{service}: 記録 {record} 番がありません。後の記録は残っています。"},
    {"{service}: another record stands in the place of record {record}.",
     "{service}: 記録 {record} 番の位置に別の記録があります。"},
    {"{service}: record {record} was changed: it has not the hash that was "
     "stored with it.",
     "{service}: 記録 {record} "
     "番が書き換えられています。保存されたハッシュ値と一致しません。"},
    {"{service}: record {record} was replaced together with all hashes since "
     "the service read it.",
     "{service}: 記録 {record} "
     "番が、サービスが読んだ後にハッシュ値ごと差し替えられています。"},
    {"{service}: all {size} records have their hashes and are in order; only a "
     "saved head shows that none was replaced.",
     "{service}: {size} "
     "件の記録はすべてハッシュ値と一致し、順序どおりです。差し替えの有無は、保"
     "存した検証値（--head）がないと確認できません。"},
    {"{service}: all {size} records are right, and the first {saved} are those "
     "of the saved head.",
     "{service}: {size} 件の記録はすべて正しく、初めの {saved} "
     "件は保存した検証値と一致します。"},
    {"{service}: all {size} records are right, and the first {saved} are those "
     "of the saved head, though the database is another one since (restored or "
     "copied).",
     "{service}: {size} 件の記録はすべて正しく、初めの {saved} "
     "件は保存した検証値と一致します。ただし、データベースは保存時とは別のもの"
     "です（復元または複製）。"},
    {"{service}: {path} holds no head of this service, so nothing shows that "
     "none of its {size} records was replaced.",
     "{service}: {path} にこのサービスの検証値がないため、{size} "
     "件の記録に差し替えがないことを確認できません。"},
    {"{count} submissions accepted", "{count} 件を受理しました"},
    {"No submission waits to be accepted.", "受理を待つ提出物はありません。"},
    {"{path}: the signature", "{path}: 署名"},
    {"{path} is what was published.",
     "{path} は公表されたファイルそのものです。"},
    {"{path} is what the respondent was sent.",
     "{path} は回答者に送られたファイルそのものです。"},
    {"Not carried: {what}: {count}.", "書き出していないもの：{what}：{count}件"},
    {"Written to {path}. On the other platform:",
     "{path} に書き出しました。取り込む側では次のとおり実行してください："},
};

}  // namespace welfare::ctl
