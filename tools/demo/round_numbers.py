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
        "家族の間で意向が分かれる",
        "会うまでに回数を重ねる必要がある",
        "同意の取り方が担当者によって違う",
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
    "new_initiatives": [
        "相談員の巡回を月に一度増やした",
        "合同の研修を始めた",
        "地区の懇談会を新しく設けた",
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
