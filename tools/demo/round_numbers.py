"""The numbers that the demonstration rounds must come to, and their invented notes."""

from round_inputs import COU, MUN

WINDOW = {2024: ("2024-06-17", "2024-07-12"), 2025: ("2025-06-16", "2025-07-11")}

# Whole questionnaires that never came back (FY2025: none, as published), taken
# from municipalities that do not implement, and submissions received late.
UNIT_NONRESPONSE = {2024: {MUN: 2, COU: 3}, 2025: {MUN: 0, COU: 0}}
LATE = {2024: 1, 2025: 0}

# Expected numbers of each round. `old` are the implementers of FY2024, `new`
# the newcomers of FY2025; both rounds rank the same sets by the same hash, so
# whoever has something in FY2024 has it in FY2025 too.
PLAN = {
    2024: dict(
        plan_old=15, plan_new=0, structure_old=12, structure_new=0,
        superior=2, indicator_old=8, indicator_new=0,
        window_old=14, window_new=0, window_single=9, integrated=7,
        training=14, liaison=10, all_direct=8, partly=9,
        preparing=12, preparing_transition=0, considering=10, no_plan=13,
        preparing_direct=6, preparing_outsourced=3,
        housing=[16, 13, 9, 15], sc_not_set=1, mlc_not_set=2,
        superior_body=2, all_timings=14, contacts_not_counted=(6, 0),
        contacts_top=[20, 15, 11], contacts_limit=10,
        supports=(9, 640, 3), forms=(1, 1),
        cb={2021: 2, 2022: 3, 2023: 3, 2024: 4},
        place_implementing=17, place_other=7, daily=2, regular=15, irregular=6,
        generic_missing=5, scale=85),
    2025: dict(
        plan_old=19, plan_new=4, structure_old=16, structure_new=2,
        superior=4, indicator_old=11, indicator_new=4,
        window_old=14, window_new=4, window_single=11, integrated=9,
        training=20, liaison=15, all_direct=10, partly=12,
        preparing=10, preparing_transition=5, considering=9, no_plan=11,
        preparing_direct=5, preparing_outsourced=3,
        housing=[24, 20, 16, 22], sc_not_set=0, mlc_not_set=0,
        superior_body=4, all_timings=21, contacts_not_counted=(8, 2),
        contacts_top=[40, 14, 12], contacts_limit=11,
        supports=(14, 1527, 3), forms=(1, 1),
        cb={2021: 2, 2022: 4, 2023: 3, 2024: 6, 2025: 3},
        place_implementing=22, place_other=8, daily=3, regular=18, irregular=8,
        generic_missing=3, scale=100),
}

# Short invented notes, none from a real answer. Every one is marked.
TEXTS = {
    "eval_structure_detail": [
        "年に2回、庁内の検討会で進み具合を確かめる",
        "学識者と住民代表が入る会議で年度末に振り返る",
        "所管課と社協の定例会で四半期ごとに点検する",
    ],
    "eval_indicator_examples": [
        "つなぎ先の数",
        "継続して関わっている世帯の数",
        "研修に参加した職員の人数と満足度",
    ],
    "existing_agency_use_examples": [
        "障害分野の相談所で家族の相談も受ける",
        "子どもの相談室と月例で情報を持ち寄る",
        "身近な出張所に相談員が週に一度入る",
    ],
    "consult_strengthening_other": [
        "相談票の様式をそろえる",
        "分野をまたぐ事例集をつくる",
        "職員の相互見学を行う",
        "当番制の助言役を置く",
        "オンラインの意見交換の場を持つ",
    ],
    "mlc_consent_issue": [
        "会う前に書面を求めると身構えられ、同意をいただくまでに何度も訪ねることになる",
        "家族の間で意向が分かれ、誰の同意をもって会議にかけるかの判断に迷う",
        "同意の取り方が担当者によって違い、説明の言葉をそろえた手引きがない",
        "急ぐときに同意を待たずに集まれる範囲について、庁内の理解がそろっていない",
        "一度いただいた同意を、状況が変わったときにいつ取り直すかの決まりがない",
        "本人が困りごとと感じていない場合、会議の目的を伝えること自体が難しい",
    ],
    "part_examples": [
        "図書の整理を週に一度手伝う",
        "商店の軒先で手仕事の品を並べる",
        "農作業の体験を月に一度行う",
    ],
    "cb_structure_examples": [
        "住民と専門職が年に数回集まる懇談の場",
        "地区ごとの世話人会",
        "分野をまたぐ連絡の会",
    ],
    "cb_activity_examples": [
        "空いた部屋で食事会を開く",
        "担い手の講座を季節ごとに行う",
        "見守りの地図を住民とつくる",
    ],
    # As people write it, with places (架空): an editor leaves them out of
    # what is printed (excerpts.csv).
    "new_initiatives": [
        "架空台団地の集会室で月に二度の出張相談を開き、窓口まで足を運びにくい人の話を聞いている。"
        "姿の見えない人のところへは、架空台地区の相談員が民生委員と一緒に日を改めて訪ねる",
        "分野を問わずに受ける窓口を架空庁舎の一階に置き、初回の聞き取りは二人一組で行う。"
        "すぐに答えの出ない相談は、翌週の支援会議に持ち寄って、その場で担当を決めている",
        "架空会館の空き部屋を改装し、声が漏れない面談室と、子どもが待てる場所を整えた",
        "架空高校の教員と養護教諭を交え、卒業後に支援が途切れそうな生徒のことを学期ごとに話し合う。"
        "進路が決まらない生徒とは、在学中から相談員が顔を合わせておく",
        "架空川を境に四つの圏域を定め、それぞれに世話役となる職員を一人ずつ置いた",
        "架空神社の境内で月に一度の朝市を開き、準備を頼むことで、閉じこもりがちな人の出番をつくっている",
        "世帯全体の困りごとを一枚に書き出す用紙を架空係の職員が考え、支援会議で使い始めた",
        "架空駅前の商業施設の一角を借り、買い物のついでに立ち寄れる相談の日を毎週木曜に設けた",
        "架空総合支所の窓口を夜間と第二土曜にも開けたところ、働く世代からの相談が増えた",
        "記録の様式を庁内で一つにそろえ、本人の同意のもとで、関係課が同じ経過を読めるようにした。"
        "同じことを何度も聞かれる、という声が架空地区でも減ってきた",
        "税と国民健康保険の窓口で滞納の相談を受けたとき、福祉の担当へその場でつなぐ手順を定めた",
        "架空地域包括支援センターに子育てと障害の相談員が週に一日ずつ入り、圏域の入口を広げた",
        "架空坂地区の職員が住民と一緒に食堂を立ち上げ、世代を問わず三十人ほどが集まっている。"
        "片付けを頼まれたことをきっかけに、外へ出るようになった人もいる",
        "架空市民ホールで、ひきこもりの人の家族の集いを月に一度開いている。"
        "半年ほど通ううちに家族どうしの行き来が生まれ、本人の相談につながる例も出てきた",
        "相談員が架空東町の商店や農家を巡り、気になる世帯の様子を季節ごとに聞いている",
        "電話と電子メールに加え、文字のやり取りだけで相談できる受付を始めた",
        "架空通りの空き店舗を借り、家から出にくい人が短い時間だけ過ごせる場所をつくった",
        "架空信用金庫や新聞店と見守りの取決めを結び、異変に気付いたときの連絡先を一つにした",
        "圏域ごとに民生委員と事業所の顔合わせを年に三回開き、架空西地区では名簿もつくった",
        "地区の祭りの準備に架空作業所の利用者が加わり、当日の店も住民と切り盛りした",
        "介護と子育てが重なる世帯には、二つの分野の相談員が一緒に訪ねることにした",
        "架空橋診療所の待合で月に一度、受診に来た人の暮らしの困りごとも聞いている",
        "架空北出張所の三つの窓口で受付票を一つにまとめ、同じ話を繰り返さずに済むようにした",
        "会議の資料を前もって電子で配り、架空島の事業所の職員も画面越しに加われるようにした",
        "障害、高齢、子ども、困窮の担当者が月に一度同じ机を囲み、持ち寄った事例を検討する",
        "圏域の地図に集いの場と相談先を書き込み、足りないところを架空南町の住民と確かめた",
        "架空団地の自治会と見守りの当番表をつくり、声をかけ合う日を週に一度決めた",
        "支援が終わった世帯にも半年後に便りを出し、困ったときに戻れる間柄を保っている",
    ],
    "outreach_individual_by_phase/discovery": ["催しで声をかける", "民生委員から話を聞く"],
    "outreach_individual_by_phase/relationship": ["手紙を届ける", "短い訪問を重ねる"],
    "outreach_individual_by_phase/participation": ["見学に付き添う", "小さな役割を頼む"],
    "outreach_individual_by_phase/continuous": ["季節ごとに様子をうかがう", "困ったときの連絡先を確かめる"],
    "outreach_community_by_phase/discovery": ["回覧で相談先を知らせる", "地区の集まりに顔を出す"],
    "outreach_community_by_phase/relationship": ["近所の理解を広げる", "世話役とつながる"],
    "outreach_community_by_phase/participation": ["受け入れ先と話し合う", "集まりの手伝いを増やす"],
    "outreach_community_by_phase/continuous": ["見守りの輪をつくる", "住民と振り返る"],
}
TEXT_MISSING_PERCENT = {2024: 45, 2025: 25}
